"""Uploaded pictures are drawn anew, within limits."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from tech4muni.core import images


def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """Draw a red picture."""
    file = BytesIO()
    Image.new(mode, size, "red").save(file, kind, **options)
    return file.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Make a PNG of a few bytes whose header promises a huge picture."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


def redraw(content: bytes, max_side: int = 512) -> Image.Image:
    """Send bytes through, and open what comes out."""
    return Image.open(images.redraw(BytesIO(content), size=len(content), max_side=max_side))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_kind_becomes_a_png_of_the_same_size(kind: str) -> None:
    drawn = redraw(picture_bytes(kind))

    assert (drawn.format, drawn.size) == ("PNG", (40, 20))


def test_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert redraw(picture_bytes(size=(1200, 300)), max_side=512).size == (512, 128)


def test_transparency_stays() -> None:
    content = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(content, "PNG")

    assert redraw(content.getvalue()).getpixel((5, 5)) == (0, 0, 0, 0)


def test_palette_picture_with_transparency_is_read() -> None:
    content = BytesIO()
    Image.new("P", (10, 10), 0).save(content, "PNG", transparency=0)

    assert redraw(content.getvalue()).mode == "RGBA"


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY-description"
    content = picture_bytes("JPEG", exif=exif) + b"<script>CANARY-tail</script>"

    drawn = images.redraw(BytesIO(content), size=len(content), max_side=512)

    assert b"CANARY" not in drawn.read()


def test_picture_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees

    assert redraw(picture_bytes("JPEG", size=(40, 20), exif=exif)).size == (20, 40)


def test_name_says_nothing_about_the_upload() -> None:
    content = picture_bytes()
    first, second = (images.redraw(BytesIO(content), size=len(content), max_side=64).name for _ in range(2))

    assert first != second
    assert first is not None
    assert first.endswith(".png")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        picture_bytes("GIF"),
        picture_bytes()[:60],
    ],
    ids=["empty", "text", "svg", "pdf", "gif", "cut off"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        redraw(content)
    assert refused.value.code == "format"


def test_too_many_bytes_are_refused_without_reading_them() -> None:
    with pytest.raises(ValidationError) as refused:
        images.redraw(BytesIO(b""), size=images.MAX_BYTES + 1, max_side=512)
    assert refused.value.code == "bytes"


@pytest.mark.parametrize("size", [(5_000, 5_000), (60_000, 60_000)])
def test_huge_header_is_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(ValidationError) as refused:
        redraw(bomb(*size))
    assert refused.value.code in {"pixels", "format"}
