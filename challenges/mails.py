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
