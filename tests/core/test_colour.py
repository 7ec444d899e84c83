"""Brand colours stay readable, whatever colour was chosen."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tech4muni.core import colour as colours
from tech4muni.core.brand import DEFAULT_COLOUR
from tech4muni.core.colour import DARK_GROUNDS, LIGHT_GROUNDS, WHITE, Colour, brand_css, dark_palette, light_palette

TEXT, SHAPE = 4.5, 3.0
PaletteOf = Callable[[Colour], dict[str, str]]
any_colour = st.builds(Colour, *[st.integers(0, 255)] * 3)


def parsed(palette: dict[str, str], name: str) -> Colour:
    return Colour.parse(palette[name])


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert Colour.parse(one).contrast(Colour.parse(other)) == pytest.approx(ratio, abs=0.01)
    assert Colour.parse(other).contrast(Colour.parse(one)) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("nonsense", ["", "#fff", "#12345", "#1234567", "#12345g", "red", "#1234٥6", "#-12345"])
def test_nonsense_is_no_colour(nonsense: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        Colour.parse(nonsense)


@given(any_colour)
def test_a_colour_is_written_as_it_is_read(colour: Colour) -> None:
    assert Colour.parse(str(colour)) == colour
    assert colour.channels == f"{colour.red}, {colour.green}, {colour.blue}"


@given(any_colour)
@pytest.mark.parametrize(("palette_of", "grounds"), [(light_palette, LIGHT_GROUNDS), (dark_palette, DARK_GROUNDS)])
def test_links_reach_aa_on_every_ground(palette_of: PaletteOf, grounds: tuple[str, ...], colour: Colour) -> None:
    palette = palette_of(colour)
    for name in ("brand", "brand-strong"):
        for ground in (*map(Colour.parse, grounds), parsed(palette, "brand-soft")):
            assert parsed(palette, name).contrast(ground) >= TEXT


@given(any_colour)
@pytest.mark.parametrize("palette_of", [light_palette, dark_palette])
def test_white_words_on_buttons_reach_aa(palette_of: PaletteOf, colour: Colour) -> None:
    palette = palette_of(colour)
    assert parsed(palette, "brand-solid").contrast(WHITE) >= TEXT
    assert parsed(palette, "brand-solid-strong").contrast(WHITE) >= TEXT


@given(any_colour)
def test_buttons_stand_out_from_the_page(colour: Colour) -> None:
    for palette, grounds in ((light_palette(colour), LIGHT_GROUNDS), (dark_palette(colour), DARK_GROUNDS[:2])):
        assert min(parsed(palette, "brand-solid").contrast(Colour.parse(ground)) for ground in grounds) >= SHAPE


def test_a_readable_colour_is_kept() -> None:
    assert light_palette(Colour.parse("#0b5d7a"))["brand"] == "#0b5d7a"


def test_bright_yellow_keeps_its_hue() -> None:
    brand = parsed(light_palette(Colour.parse("#ffdd00")), "brand")

    assert brand.red > brand.green > brand.blue == 0


def test_the_style_sheet_has_the_colour_for_light_dark_and_device() -> None:
    css = brand_css(Colour.parse("#7a0b5d"))

    blocks = re.findall(r"([^{}]+)\{(--[^{}]+)\}", css)
    assert [selector.split("{")[-1].strip() for selector, _ in blocks] == [
        ":root",
        '[data-bs-theme="dark"]',
        ":root:not([data-bs-theme])",
    ]
    assert "--brand:#7a0b5d" in blocks[0][1]
    assert blocks[1][1] == blocks[2][1] != blocks[0][1]


def test_tokens_hold_the_palette_of_the_default_colour() -> None:
    css = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    light, dark = css.split("@media screen {", 1)

    for part, palette in ((light, light_palette), (dark, dark_palette)):
        for name, value in palette(Colour.parse(DEFAULT_COLOUR)).items():
            assert set(re.findall(rf"--{name}: ([^;]+);", part)) == {value}


def test_grounds_are_those_of_the_tokens() -> None:
    css = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    light, dark = css.split("@media screen {", 1)

    for part, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        assert [long_form(value) for value in tokens(part, "surface", "page", "sunken")] == list(grounds)


def tokens(part: str, *names: str) -> list[str]:
    return [re.findall(rf"--{name}: ([^;]+);", part)[0] for name in names]


def long_form(value: str) -> str:
    return "#" + "".join(digit * 2 for digit in value[1:]) if len(value) == 4 else value


def test_walk_ends_at_the_target_when_nothing_suffices() -> None:
    assert colours.darkened(Colour(200, 10, 10), [Colour(0, 0, 0)], 25) == Colour(0, 0, 0)
