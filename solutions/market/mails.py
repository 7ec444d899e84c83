"""The mails about calls and their questions."""

from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

MUNICIPALITY: Final = Placeholder("municipality", "Strumica")
CALL: Final = Placeholder("call", "Smarter waste collection")
CLOSES: Final = Placeholder("closes_at", datetime(2026, 11, 28, 11, tzinfo=UTC), Form.VALUE)
REASON: Final = Placeholder("reason", "Several companies asked for more time.", Form.TEXT)
INSIDE: Final = Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK)
OUTSIDE: Final = Placeholder("url", "https://example.org/calls/", Form.LINK)
QUESTION: Final = Placeholder("question", "May the sensors use the street lamps' power?", Form.TEXT)

CALL_PUBLISHED: Final = register(
    Kind("market.call_published", _("A call is published"), Category.NEWS, (MUNICIPALITY, CALL, CLOSES, INSIDE))
)
DEADLINE_MOVED: Final = register(
    Kind(
        "market.deadline_moved",
        _("The deadline of a call moved"),
        Category.NEWS,
        (MUNICIPALITY, CALL, CLOSES, REASON, OUTSIDE),
    )
)
CALL_WITHDRAWN: Final = register(
    Kind("market.call_withdrawn", _("A call is withdrawn"), Category.NEWS, (MUNICIPALITY, CALL, REASON, OUTSIDE))
)
QUESTION_ASKED: Final = register(
    Kind("market.question_asked", _("A question about a call"), Category.NEWS, (MUNICIPALITY, CALL, QUESTION, INSIDE))
)
QUESTION_ANSWERED: Final = register(
    Kind(
        "market.question_answered",
        _("An answer to a question about a call"),
        Category.NEWS,
        (MUNICIPALITY, CALL, QUESTION, Placeholder("answer", "Yes, from dusk to dawn.", Form.TEXT), OUTSIDE),
    )
)
