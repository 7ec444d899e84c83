"""What an uploaded file is, by its name and by its content; what is not on the list is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tech4muni.core.errors import Refused
from tech4muni.core.images import redraw
from tech4muni.core.office import WRONG, check_office

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_SIDE: Final = 2000  # pixels of the longer side of a picture
OFFICE: Final = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A file that may be kept: its bytes, its type, and the ending of its name."""

    content: bytes
    content_type: str
    ending: str


def sniff(name: str, content: bytes) -> Sniffed:
    """Return what may be kept of an upload: pictures drawn anew, everything else as it came.

    Raises Refused for what is too large, of a type that is not on the list, or not what its name says.
    """
    ending = PurePath(name.lower()).suffix.lstrip(".")
    if ending not in TYPES:
        raise Refused(_("Choose a PDF, PNG, JPEG, Word, Excel or PowerPoint file (.docx, .xlsx, .pptx)."), field="file")
    if not content:
        raise Refused(_("The file is empty."), field="file")
    if len(content) > MAX_BYTES:
        raise Refused(_("The file may have at most 10 MB."), field="file")
    return TYPES[ending](ending, content)


def _pdf(ending: str, content: bytes) -> Sniffed:
    if b"%PDF-" not in content[:1024]:
        raise Refused(WRONG, field="file")
    return Sniffed(content, "application/pdf", ending)


def _picture(_ending: str, content: bytes) -> Sniffed:
    try:
        drawn = redraw(BytesIO(content), size=len(content), max_side=MAX_SIDE, max_bytes=MAX_BYTES)
    except ValidationError as error:
        raise Refused(error.messages[0], field="file") from None
    return Sniffed(drawn.read(), "image/png", "png")


def _office(ending: str, content: bytes) -> Sniffed:
    folder, kind = OFFICE_PARTS[ending]
    check_office(BytesIO(content), folder)
    return Sniffed(content, OFFICE + kind, ending)


OFFICE_PARTS: Final = {
    "docx": ("word/", "wordprocessingml.document"),
    "xlsx": ("xl/", "spreadsheetml.sheet"),
    "pptx": ("ppt/", "presentationml.presentation"),
}
TYPES: Final[dict[str, Callable[[str, bytes], Sniffed]]] = {
    "pdf": _pdf, "png": _picture, "jpg": _picture, "jpeg": _picture,
    "docx": _office, "xlsx": _office, "pptx": _office,
}  # fmt: skip
