"""Pictures that people upload are drawn anew: what is stored is ours, without their metadata or anything hidden."""

import uuid
from io import BytesIO
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

FORMATS: Final = ("PNG", "JPEG", "WEBP")
MAX_BYTES: Final = 2 * 1024 * 1024
MAX_PIXELS: Final = 16_000_000  # decoded at four bytes each, this is 64 MB
BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)  # what Pillow raises


def redraw(upload: IO[bytes], *, size: int, max_side: int, max_bytes: int = MAX_BYTES) -> ContentFile[bytes]:
    """Decode a PNG, JPEG or WebP picture and return it as a new PNG file with a random name.

    Args:
        upload: the file as it came.
        size: its length in bytes.
        max_side: the longer side in pixels; a larger picture is made smaller.
        max_bytes: of the upload; a caller that allows more has said so itself.

    Raises:
        ValidationError: too many bytes, too many pixels (by the header, before decoding), or no such picture.
    """
    if size > max_bytes:
        raise ValidationError(_("The file may have at most 2 MB."), code="bytes")
    try:
        with Image.open(upload, formats=FORMATS) as uploaded:
            _check_pixels(uploaded)
            picture = ImageOps.exif_transpose(uploaded.convert(_mode(uploaded)))
    except BROKEN:
        raise ValidationError(_("Choose a picture: PNG, JPEG or WebP."), code="format") from None
    picture.thumbnail((max_side, max_side))
    drawn = BytesIO()
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(drawn, "PNG", optimize=True)
    return ContentFile(drawn.getvalue(), name=f"{uuid.uuid4().hex}.png")


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise ValidationError(_("The picture may have at most 16 million pixels."), code="pixels")


def _mode(picture: Image.Image) -> str:
    return "RGBA" if picture.has_transparency_data else "RGB"
