"""The mails about challenges."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from tech4muni.notifications.enums import Category
from tech4muni.notifications.kinds import Form, Kind, Placeholder, register

CHALLENGE_MOVED: Final = register(
    Kind(
        name="challenges.moved",
        label=_("A challenge is in another stage"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("challenge", "Smarter waste collection"),
            Placeholder("stage", _("Challenge validation")),
            Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK),
        ),
    )
)

BRIEF_SUBMITTED: Final = register(
    Kind(
        name="challenges.brief_submitted",
        label=_("A brief waits for approval"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("challenge", "Smarter waste collection"),
            Placeholder("submitter", "Ana Petrova"),
            Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK),
        ),
    )
)
BRIEF_APPROVED: Final = register(
    Kind(
        name="challenges.brief_approved",
        label=_("A brief is approved"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("challenge", "Smarter waste collection"),
            Placeholder("approver", "Marko Ilievski"),
            Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK),
        ),
    )
)
EDITS_REQUESTED: Final = register(
    Kind(
        name="challenges.edits_requested",
        label=_("A brief shall be changed"),
        category=Category.NEWS,
        placeholders=(
            Placeholder("municipality", "Strumica"),
            Placeholder("challenge", "Smarter waste collection"),
            Placeholder("approver", "Marko Ilievski"),
            Placeholder("note", _("Say from when the figures are."), Form.TEXT),
            Placeholder("url", "https://strumica.example.org/challenges/", Form.LINK),
        ),
    )
)
