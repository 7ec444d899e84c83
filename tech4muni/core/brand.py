"""Under whose name, colour and logo a page is shown."""

from dataclasses import dataclass
from typing import Final

DEFAULT_COLOUR: Final = "#0b5d7a"


@dataclass(frozen=True, slots=True)
class Brand:
    """What the frame of a page carries.

    Args:
        name: of the program in its country, such as Tech4Muni or CityTech.
        place: name of the municipality in the active language, "" on the platform's own host.
        colour: `#rrggbb` in small letters, as chosen; brand.css makes it readable.
        logo_url: address of the logo on the same host, "" without one.
    """

    name: str
    place: str = ""
    colour: str = DEFAULT_COLOUR
    logo_url: str = ""

    @property
    def has_own_colour(self) -> bool:
        """Whether the pages need a brand.css: the default colour is in tokens.css already."""
        return self.colour != DEFAULT_COLOUR

    @property
    def colour_digits(self) -> str:
        """The colour without its #, as the address of brand.css has it."""
        return self.colour.removeprefix("#")
