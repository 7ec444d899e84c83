"""Colours that stay readable, whatever colour a municipality chose.

Contrast is WCAG 2.2's ratio of relative luminances
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from typing import Self

# The backgrounds of static/css/tokens.css that brand colours are put on.
LIGHT_GROUNDS = ("#ffffff", "#f5f7f9", "#eceff2")
DARK_GROUNDS = ("#1c2328", "#13181c", "#262e35")

# WCAG asks 4.5 for text; the margin covers the tint that is mixed from the colour itself.
TEXT_RATIO = 5.2
WHITE_RATIO = 4.5
SHAPE_RATIO = 3.0
STEPS = 512


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour; each channel is an integer from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `#rrggbb` or `rrggbb`; raise ValueError for anything else."""
        digits = text.removeprefix("#")
        if len(digits) != 6 or not set(digits) <= set("0123456789abcdefABCDEF"):
            raise ValueError(f"not a colour of the form #rrggbb: {text!r}")
        return cls(*(int(digits[at : at + 2], 16) for at in (0, 2, 4)))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def channels(self) -> str:
        """The channels as Bootstrap's `-rgb` variables want them: `11, 93, 122`."""
        return f"{self.red}, {self.green}, {self.blue}"

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 for black to 1 for white."""
        red, green, blue = (_linear(channel / 255) for channel in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(self, other: "Colour") -> float:
        """The contrast ratio with another colour, 1 to 21."""
        low, high = sorted((self.luminance, other.luminance))
        return (high + 0.05) / (low + 0.05)

    def with_lightness(self, lightness: float) -> "Colour":
        """The same hue and saturation at another HLS lightness, 0 to 1."""
        hue, _, saturation = self._hls()
        return Colour(*(round(channel * 255) for channel in hls_to_rgb(hue, lightness, saturation)))

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """Paint a share (0 to 1) of another colour over this one."""
        pairs = ((self.red, other.red), (self.green, other.green), (self.blue, other.blue))
        return Colour(*(round(mine + (theirs - mine) * share) for mine, theirs in pairs))

    @property
    def lightness(self) -> float:
        """HLS lightness, 0 to 1."""
        return self._hls()[1]

    def _hls(self) -> tuple[float, float, float]:
        return rgb_to_hls(self.red / 255, self.green / 255, self.blue / 255)


WHITE = Colour(255, 255, 255)


def darkened(colour: Colour, against: Iterable[Colour], ratio: float) -> Colour:
    """The colour, made only as dark as it must be to reach the ratio against every ground."""
    return _moved(colour, tuple(against), ratio, target=0.0)


def lightened(colour: Colour, against: Iterable[Colour], ratio: float) -> Colour:
    """The colour, made only as light as it must be to reach the ratio against every ground."""
    return _moved(colour, tuple(against), ratio, target=1.0)


def light_palette(colour: Colour) -> dict[str, str]:
    """The brand tokens of tokens.css for the light theme."""
    grounds = [Colour.parse(ground) for ground in LIGHT_GROUNDS]
    brand = darkened(colour, grounds, TEXT_RATIO)
    strong = brand.with_lightness(brand.lightness * 0.75)
    return _tokens(brand, strong, solid=brand, solid_strong=strong, soft=WHITE.mixed(brand, 0.08))


def dark_palette(colour: Colour) -> dict[str, str]:
    """The brand tokens of tokens.css for the dark theme."""
    grounds = [Colour.parse(ground) for ground in DARK_GROUNDS]
    brand = lightened(colour, grounds, TEXT_RATIO).mixed(WHITE, 0.25)  # softer than the full colour
    strong = brand.with_lightness(brand.lightness + (1 - brand.lightness) * 0.4)
    solid = darkened(lightened(colour, grounds[:2], SHAPE_RATIO), [WHITE], WHITE_RATIO)
    solid_strong = solid.with_lightness(solid.lightness * 0.82)
    return _tokens(brand, strong, solid, solid_strong, soft=grounds[0].mixed(brand, 0.12))


def brand_css(colour: Colour) -> str:
    """The style sheet that puts a brand colour in place of the default one, light and dark."""
    light, dark = _rules(light_palette(colour)), _rules(dark_palette(colour))
    return (
        f":root{{{light}}}\n"
        f'@media screen{{[data-bs-theme="dark"]{{{dark}}}}}\n'
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-bs-theme]){{{dark}}}}}\n"
    )


def _tokens(brand: Colour, strong: Colour, solid: Colour, solid_strong: Colour, soft: Colour) -> dict[str, str]:
    return {
        "brand": str(brand),
        "brand-rgb": brand.channels,
        "brand-strong": str(strong),
        "brand-strong-rgb": strong.channels,
        "brand-solid": str(solid),
        "brand-solid-strong": str(solid_strong),
        "brand-soft": str(soft),
    }


def _rules(tokens: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in tokens.items())


def _moved(colour: Colour, against: tuple[Colour, ...], ratio: float, target: float) -> Colour:
    """Walk the lightness towards the target in small steps until the ratio holds."""
    start = colour.lightness
    for step in range(STEPS + 1):
        candidate = colour if step == 0 else colour.with_lightness(start + (target - start) * step / STEPS)
        if all(candidate.contrast(ground) >= ratio for ground in against):
            return candidate
    return candidate


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
