"""The order in which people look for names, whatever script they are in."""

import unicodedata
from typing import Final

# In code-point order, Ѓ Ѕ Ј Љ Њ Ќ Џ would stand apart from their neighbours.
MACEDONIAN: Final = "абвгдѓежзѕијклљмнњопрстќуфхцчџш"
PLACES: Final = {ord(letter): chr(0xE000 + place) for place, letter in enumerate(MACEDONIAN)}


def name_key(name: str) -> tuple[str, str]:
    """Return a key for `sorted`: Macedonian by its alphabet; elsewhere ä, ç and ë stand with a, c and e."""
    placed = unicodedata.normalize("NFC", name).casefold().translate(PLACES)
    plain = "".join(part for part in unicodedata.normalize("NFKD", placed) if not unicodedata.combining(part))
    return plain, name
