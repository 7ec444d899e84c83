"""What a Word, Excel or PowerPoint file holds, before it is kept."""

import zipfile
from typing import IO, Final

from django.utils.translation import gettext_lazy as _

from tech4muni.core.errors import Refused

MAX_MEMBERS: Final = 2000
MAX_UNPACKED: Final = 200 * 1024 * 1024
WRONG: Final = _("The content of this file is not what its name says. Save it again as PDF, or choose another one.")


def check_office(file: IO[bytes], folder: str) -> None:
    """Raise Refused for what is no Office file of its kind, unpacks to too much, or holds macros.

    Only the list of its parts is read, nothing is unpacked (ECMA-376, part 2, "Open Packaging Conventions").

    Args:
        file: open for reading bytes, and able to seek.
        folder: where its kind keeps its parts, such as `word/`.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):  # each for another way to be no zip file
        raise Refused(WRONG, field="file") from None
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refused(_("This file holds too much when it is unpacked. Save it as PDF."), field="file")
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or not any(name.startswith(folder) for name in names):
        raise Refused(WRONG, field="file")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_("This file holds macros. Save it without them, or as PDF."), field="file")
