"""Taking applications into the municipality's schema: what was submitted stays as it is, for good."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from challenges.models import Challenge
from challenges.services.snapshots import digest_of
from challenges.services.trail import note
from programs.timing.services import meet_deadline, set_deadline
from solutions.market.enums import ReleaseState
from solutions.market.models import ApplicationFile, Company, Release
from solutions.selection.enums import LeadKind
from solutions.selection.models import Lead, ReceivedApplication, ReceivedFile, TakenBack
from solutions.selection.queries.received import intake_of, shuts_at
from solutions.selection.services.conflicts import derive_conflicts
from tech4muni.core import clock
from tech4muni.core.errors import Refused
from tech4muni.core.languages import in_each_language

SCREENING_TIME: Final = timedelta(days=10)
"""How long after the call has closed the last application is to be screened."""


class CityReceiver:
    """Takes applications into the schema that is active: see `solutions.market.handover`."""

    def receive(self, release: Release, content: Mapping[str, Any], files: Sequence[ApplicationFile]) -> str:
        """Keep what was submitted, and return the digest of what was kept."""
        return receive(release, content, files).digest

    def withdraw(self, release: Release) -> None:
        """Take note that the company took its application back."""
        take_back(release)


@transaction.atomic
def receive(release: Release, content: Mapping[str, Any], files: Sequence[ApplicationFile]) -> ReceivedApplication:
    """Keep a round of an application with copies of its files, and put the company on the market map.

    The content lists the files with their digests, so that its digest covers them too.

    Raises Refused if a file is not what was uploaded; the submission fails as a whole then.
    """
    application, now = release.application, clock.now()
    company = _company_of(release)
    challenge = Challenge.objects.get(public_id=release.city.challenge_id)
    listed = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files]
    kept = json.loads(json.dumps({"files": listed, **content}, cls=DjangoJSONEncoder))
    received = ReceivedApplication.objects.create(
        challenge=challenge,
        release_id=release.public_id,
        company_id=company.public_id,
        company_name=company.name,
        reference=application.reference,
        language=application.language,
        round=release.round,
        content=kept,
        digest=digest_of(kept),
        submitted_at=release.submitted_at,
        received_at=now,
    )
    for file in files:
        _keep_file(received, file)
    _put_on_map(received, company, kept.get("solution") or {})
    derive_conflicts(challenge)
    note("application.received", challenge, actor=None, target=received, data={"round": received.round})
    _set_deadline(release, challenge)
    return received


@transaction.atomic
def take_back(release: Release) -> None:
    """Let the rounds of an application so far count no more; nothing happens if none does."""
    latest = ReceivedApplication.objects.filter(release_id=release.public_id).order_by("-round").first()
    if latest is None:
        return
    _gone, is_new = TakenBack.objects.get_or_create(
        release_id=latest.release_id,
        round=latest.round,
        defaults={"challenge": latest.challenge, "at": clock.now()},
    )
    if is_new:
        note("application.withdrawn", latest.challenge, actor=None, target=latest)
        settle(latest.challenge)


def settle(challenge: Challenge) -> None:
    """Meet the deadline of the screening once nothing waits for it any more.

    Called after the trail was written: its writers take turns until they commit, so that of two who screen the last
    two applications at once, the second one sees that nothing is left.
    """
    waiting = Release.objects.filter(city__challenge_id=challenge.public_id, state=ReleaseState.SUBMITTED)
    if intake_of(challenge).is_closed and not waiting.exists():
        meet_deadline(screening_key(challenge))


def screening_key(challenge: Challenge) -> str:
    """Return the key of the deadline for screening all applications to a challenge."""
    return f"screening:{challenge.public_id}"


def _company_of(release: Release) -> Company:
    company: Company | None = release.application.company
    if company is None:
        raise Refused(_("An application needs a company before it is submitted."))
    return company


def _keep_file(received: ReceivedApplication, file: ApplicationFile) -> None:
    """Copy a file into the municipality's folder; a later round that has the same file again shares the copy."""
    with file.file.open("rb") as upload:
        data = upload.read()
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refused(_("The file “%(name)s” is damaged: upload it again.") % {"name": file.name})
    rounds = ReceivedFile.objects.filter(received__release_id=received.release_id)
    copy: Any = rounds.filter(sha256=file.sha256, size=file.size).values_list("file", flat=True).first()
    ReceivedFile.objects.create(
        received=received,
        name=file.name,
        file=copy or ContentFile(data, name=PurePath(str(file.file.name)).name),
        size=file.size,
        content_type=file.content_type,
        sha256=file.sha256,
    )


def _put_on_map(received: ReceivedApplication, company: Company, solution: Mapping[str, Any]) -> None:
    """Make or update the lead of an application: the name of the solution, and the company's public profile.

    Nothing else of what the company wrote is copied: the map is read by people who may not open the application. What
    the team has written beside the lead stays.
    """
    profile = {
        "name": (str(solution.get("name") or "") or received.company_name)[:200],
        "company_name": received.company_name,
        "company_id": received.company_id,
        "website": company.website,
        "country": company.country,
        "updated_at": clock.now(),
    }
    Lead.objects.update_or_create(
        release_id=received.release_id,
        defaults=profile,
        create_defaults={**profile, "challenge": received.challenge, "kind": LeadKind.APPLIED},
    )


def _set_deadline(release: Release, challenge: Challenge) -> None:
    call = release.city.call
    set_deadline(
        screening_key(challenge),
        label=in_each_language(lambda: _("Screen the applications: %(challenge)s") % {"challenge": challenge}),
        due_at=shuts_at(call) + SCREENING_TIME,
        time_zone=call.time_zone,
        municipality=release.city.municipality,
        program=call.program,
        challenge_id=challenge.public_id,
        owner=challenge.owner,
        path=f"/challenges/{challenge.public_id}/applications/",
    )
