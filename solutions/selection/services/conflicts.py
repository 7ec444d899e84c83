"""Conflicts of interest: declared by the members of the panel, and derived from what the platform knows.

An open conflict hides the company's application and all scores of it from the person (`queries.received.visible_to`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from challenges.services.trail import note
from programs.actors import Actor
from programs.cohorts.models import Progress
from programs.people.queries import members
from solutions.market.models import Applicant, Company, CompanyMember
from solutions.selection.enums import ConflictKind
from solutions.selection.models import Conflict, PanelMember
from solutions.selection.permissions import may_lead_selection, may_score
from solutions.selection.queries.panel import companies_of, panel_member, panel_of, round_of
from solutions.selection.queries.received import counted, intake_of
from tech4muni.accounts.models import User
from tech4muni.core import clock, errors

FREE_MAIL: Final = frozenset(
    {
        "aol.com", "gmail.com", "gmx.at", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com",
        "live.com", "mail.com", "mail.ru", "me.com", "outlook.com", "proton.me", "protonmail.com", "t-online.de",
        "walla.co.il", "web.de", "yahoo.com", "yahoo.de", "yandex.com", "zoho.com",
    }
)  # fmt: skip
"""Providers where anybody has an address: sharing one says nothing."""
RESERVED: Final = ("example", "example.com", "example.net", "example.org", "invalid", "localhost", "test")
"""Domains that belong to nobody (RFC 2606)."""
TOO_EARLY: Final = _("Conflicts are declared when the call has closed: before, nobody here knows who has applied.")


@transaction.atomic
def derive_conflicts(challenge: Challenge) -> int:
    """Note the conflicts that records show, of everybody who works in the municipality; returns how many are new.

    Somebody is in conflict with a company that they work for or worked for, whose application they work on, or whose
    domain their e-mail address is of. What a lead lifted stays lifted. May be called again at any time.
    """
    municipality = Progress.objects.select_related("municipality").get(challenge_id=challenge.public_id).municipality
    people = {membership.user_id: membership.user for membership in members(municipality)}
    people |= {member.user_id: member.user for member in panel_of(challenge)}
    known = set(Conflict.objects.filter(challenge=challenge, lifted_at__isnull=True).values_list("user", "company_id"))
    lifted = Conflict.objects.filter(challenge=challenge, kind=ConflictKind.DERIVED, lifted_at__isnull=False)
    known |= set(lifted.values_list("user", "company_id"))
    names = dict(counted(challenge).values_list("company_id", "company_name"))
    made = 0
    for user_id, company_id, reason in _ties(challenge, people, names):
        if (user_id, company_id) in known:
            continue
        known.add((user_id, company_id))
        _add(challenge, people[user_id], company_id, names[company_id], ConflictKind.DERIVED, str(reason), None)
        made += 1
    return made


def _ties(
    challenge: Challenge, people: Mapping[int, User], companies: Iterable[UUID]
) -> Iterator[tuple[int, UUID, Promise]]:
    """Yield who is tied to which company, and how."""
    wanted = list(companies)
    works = CompanyMember.objects.filter(company__public_id__in=wanted).select_related("user")
    domains: dict[UUID, set[str]] = defaultdict(set)
    for user_id, company_id, email in works.values_list("user", "company__public_id", "user__email"):
        domains[company_id].add(domain_of(email))
        if user_id in people:
            yield user_id, company_id, _("Works or worked for the company")
    applies = Applicant.objects.filter(
        application__company__public_id__in=wanted,
        application__releases__city__challenge_id=challenge.public_id,
    )
    for user_id, company_id, email in applies.values_list("user", "application__company__public_id", "user__email"):
        domains[company_id].add(domain_of(email))
        if user_id in people:
            yield user_id, company_id, _("Works on the application")
    for company_id, website in Company.objects.filter(public_id__in=wanted).values_list("public_id", "website"):
        domains[company_id].add((urlsplit(website).hostname or "").removeprefix("www."))
    for user_id, person in people.items():
        domain = domain_of(person.email)
        if _tells(domain):
            for company_id in wanted:
                if domain in domains[company_id]:
                    yield user_id, company_id, _("Has an e-mail address of the company's domain")


def domain_of(email: str) -> str:
    """Return the domain of an address in small letters."""
    return email.rpartition("@")[2].lower()


def _tells(domain: str) -> bool:
    """Whether sharing this domain says that two belong together."""
    return (
        bool(domain)
        and domain not in FREE_MAIL
        and not any(domain == name or domain.endswith("." + name) for name in RESERVED)
    )


@transaction.atomic
def declare(challenge: Challenge, *, actor: Actor, reasons: Mapping[UUID, str]) -> PanelMember:
    """Declare one's conflicts of interest for all companies that have applied by now.

    Args:
        challenge: which one.
        actor: a member of the panel.
        reasons: why one must not judge a company, by its id; one has no conflict with the other companies.

    A conflict that is open stays open, whatever is declared now: a lead lifts it.
    Raises Refused once scoring is closed.
    """
    member = panel_member(actor, challenge)
    may_score(actor, challenge, on_panel=member is not None).enforce()
    locked = PanelMember.objects.select_for_update(of=("self",)).get(challenge=challenge, user=actor.user)
    selection = round_of(challenge)
    if selection is not None and selection.closed_at is not None:
        raise errors.Refused(_("Scoring is closed."))
    if not intake_of(challenge).is_closed:
        raise errors.Refused(TOO_EARLY)
    companies = {company.company_id: company.name for company in companies_of(challenge)}
    open_ones = Conflict.objects.filter(challenge=challenge, user=locked.user, lifted_at__isnull=True)
    known = set(open_ones.values_list("company_id", flat=True))
    for company_id, reason in reasons.items():
        if company_id in companies and company_id not in known and reason.strip():
            name = companies[company_id]
            _add(challenge, locked.user, company_id, name, ConflictKind.DECLARED, reason.strip(), actor.user)
    locked.declared_at, locked.declared_for = clock.now(), sorted(companies, key=str)
    locked.save(update_fields=["declared_at", "declared_for"])
    data = {"person": str(actor.user), "companies": len(companies)}
    note("panel_member.declared", challenge, actor=actor.user, data=data)
    derive_conflicts(challenge)
    return locked


@transaction.atomic
def lift(conflict: Conflict, *, actor: Actor, reason: str) -> Conflict:
    """Lift somebody else's conflict of interest, with a reason on record.

    Raises Refused without a reason or for one's own, Conflict if it is lifted already.
    """
    challenge = conflict.challenge
    may_lead_selection(actor, challenge).enforce()
    lifted = Conflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if lifted.lifted_at is not None:
        raise errors.Conflict(_("This conflict is lifted already."))
    if actor.user is None or lifted.user_id == actor.user.pk:
        raise errors.Refused(_("Nobody lifts a conflict of their own: ask another lead."))
    if not reason.strip():
        raise errors.Refused(_("Say why, for the record."), field="reason")
    lifted.lifted_at, lifted.lifted_by, lifted.lifting_reason = clock.now(), actor.user, reason.strip()
    lifted.save(update_fields=["lifted_at", "lifted_by", "lifting_reason"])
    data = {"person": str(lifted.user), "company": lifted.company_name}
    note("conflict.lifted", challenge, actor=actor.user, reason=lifted.lifting_reason, data=data)
    return lifted


def _add(
    challenge: Challenge,
    person: User,
    company_id: UUID,
    name: str,
    kind: ConflictKind,
    reason: str,
    by: User | None,
) -> Conflict:
    """Note a conflict once, of however many who find it at the same time."""
    values = {"company_name": name, "kind": kind, "reason": reason[:300], "at": clock.now()}
    conflict, made = Conflict.objects.get_or_create(
        challenge=challenge, user=person, company_id=company_id, lifted_at=None, defaults=values
    )
    if not made:
        return conflict
    data = {"person": str(person), "company": name, "kind": kind.value}
    note("conflict.found", challenge, actor=by, reason=conflict.reason, data=data)
    return conflict
