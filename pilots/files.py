"""Which files the ledger takes: by name, by size and by what they begin with. They are kept as they are: evidence."""

import hashlib
from pathlib import PurePath
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tech4muni.core.errors import Refused
from tech4muni.core.office import WRONG, check_office

MAX_BYTES: Final = 10 * 1024 * 1024
KINDS: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ACCEPT: Final = ",".join(KINDS)
SIGNATURES: Final = {
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".xlsx": b"PK\x03\x04",
}


def content_type_of(name: str) -> str:
    """Return the type that a stored file is sent as; never one that a browser would run."""
    return KINDS.get(PurePath(name).suffix.lower(), "application/octet-stream")


def check_file(upload: UploadedFile[Any]) -> str:
    """Return the ending of a file that the ledger takes; raises Refused for all others."""
    ending = PurePath(upload.name or "").suffix.lower()
    if ending not in KINDS:
        raise Refused(_("Choose a PDF, PNG, JPEG, CSV or XLSX file."), field="file")
    if not upload.size or upload.size > MAX_BYTES:
        raise Refused(_("The file may have at most 10 MB, and must not be empty."), field="file")
    _check_content(upload, ending)
    return ending


def sha256_of(upload: UploadedFile[Any]) -> str:
    """Return the SHA-256 of a file, 64 hex digits."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _check_content(upload: UploadedFile[Any], ending: str) -> None:
    upload.seek(0)
    is_right = _is_text(upload) if ending == ".csv" else upload.read(16).startswith(SIGNATURES[ending])
    if not is_right:
        raise Refused(WRONG, field="file")
    if ending == ".xlsx":
        check_office(upload, "xl/")
    upload.seek(0)


def _is_text(upload: UploadedFile[Any]) -> bool:
    """Whether it is UTF-8, or of one byte per letter, without control signs."""
    return all(b"\0" not in chunk and b"\x1b" not in chunk for chunk in upload.chunks())
