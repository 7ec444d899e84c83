"""Drawings for the `icon` tag, 24 by 24, made of strokes in the colour of the text."""

from typing import Final

ICONS: Final = {
    "alert": '<path d="M12 4 2.5 20h19z"/><path d="M12 10v4.5"/><path d="M12 17.2v.1"/>',
    "back": '<path d="M19 12H5"/><path d="m11 6-6 6 6 6"/>',
    "check": '<path d="m5 12.5 5 5L19 7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.5 2"/>',
    "done": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16 9.6"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18"/>'
    '<path d="M12 3c3.3 3 3.3 15 0 18"/><path d="M12 3c-3.3 3-3.3 15 0 18"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5"/><path d="M12 7.8v.1"/>',
    "mark": '<path d="M5 18h4.7v-4.7h4.6V8.7H19"/>',
    "menu": '<path d="M4 7h16"/><path d="M4 12h16"/><path d="M4 17h16"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "previous": '<path d="m15 5-7 7 7 7"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4 3.8-6 8-6s8 2 8 6"/>',
}
# These point somewhere, and point the other way where the page reads from right to left.
DIRECTED: Final = frozenset({"back", "next", "previous"})
