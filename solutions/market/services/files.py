"""Files of an application: checked by content, kept under random names, never served by path."""

import hashlib
import uuid
from functools import partial
from pathlib import PurePath
from typing import IO, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from solutions.market.models import Application, ApplicationFile
from solutions.market.permissions import may_write
from solutions.market.queries.applications import files_of
from solutions.market.services.desks import locked_desk, touch
from solutions.market.services.sniffing import MAX_BYTES, sniff
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Refused

MOST: Final = 5


@transaction.atomic
def add(application: Application, *, actor: User, name: str, upload: IO[bytes]) -> ApplicationFile:
    """Add a file to an application.

    Args:
        application: whose.
        actor: who adds it.
        name: as the person's device calls it.
        upload: its content.

    Raises Refused for a file that may not be kept (`sniffing.sniff`), or one too many.
    """
    desk = locked_desk(application, actor)
    may_write(desk.standing).enforce()
    locked = desk.application
    if files_of(locked).count() >= MOST:
        raise Refused(_("An application has at most five files. Remove one first."), field="file")
    found = sniff(name, upload.read(MAX_BYTES + 1))
    file = ApplicationFile.objects.create(
        application=locked,
        name=tidy(name, found.ending),
        file=ContentFile(found.content, name=f"{uuid.uuid4().hex}.{found.ending}"),
        size=len(found.content),
        content_type=found.content_type,
        sha256=hashlib.sha256(found.content).hexdigest(),
        uploaded_by=actor,
    )
    touch(locked)
    record("application.file_added", actor=actor, target=locked, data={"file": file.name})
    return file


@transaction.atomic
def remove(application: Application, file: ApplicationFile, *, actor: User) -> None:
    """Remove a file; municipalities that have got it already keep their copy. Raises Http404 if it is gone."""
    desk = locked_desk(application, actor)
    may_write(desk.standing).enforce()
    found = files_of(desk.application).filter(pk=file.pk).first()
    if found is None:
        raise Http404
    found.removed_at = found.updated_at = clock.now()
    found.save(update_fields=["removed_at", "updated_at"])
    touch(desk.application)
    record("application.file_removed", actor=actor, target=desk.application, data={"file": found.name})
    if desk.application.submitted_at is None:  # nobody else has seen it
        transaction.on_commit(partial(default_storage.delete, str(found.file.name)))


def tidy(name: str, ending: str) -> str:
    """Return a file's name without folders and control characters, not too long, with the ending of its content."""
    stem = PurePath(name.replace("\\", "/")).stem
    kept = "".join(letter for letter in stem if letter.isprintable()).strip(". ")[:140]
    return f"{kept or 'file'}.{ending}"
