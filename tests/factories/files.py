"""Files as far as their outside tells."""

import io
import zipfile

MADE = b"PK\x01\x02"  # what each part begins with in the list of a zip file's parts


def office(folder: str = "word/", *, members: int = 1, content: bytes = b"<x/>", extra: str = "") -> bytes:
    """Return an Office file whose parts lie in a folder, with one more part where it is named."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        for number in range(members):
            archive.writestr(f"{folder}part{number}.xml", content)
        if extra:
            archive.writestr(extra, b"x")
    return packed.getvalue()


def of_a_later_version(packed: bytes) -> bytes:
    """Return a zip file that says of its first part that no reader of today can open it."""
    version = packed.index(MADE) + 6
    return packed[:version] + b"\xff\x00" + packed[version + 2 :]
