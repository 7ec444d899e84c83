"""The first page of the admin: what needs a coordinator, and how much there is of everything."""

from typing import Any

from django.db.models import Count as CountOf
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.enums import MunicipalityState, SchemaJobState
from programs.models import Invitation, Membership, Municipality
from programs.queries import schemas_behind
from tech4muni.accounts.models import User
from tech4muni.core import clock
from tech4muni.core.components import Count, Status, Task, Tone
from tech4muni.home.admin import cockpit
from tech4muni.notifications.enums import MessageState
from tech4muni.notifications.models import Message

FAILED = Status(gettext_lazy("Failed"), Tone.LATE)
LATE = Status(gettext_lazy("Late"), Tone.LATE)
LOOK = Status(gettext_lazy("Needs a look"), Tone.TODO)


def context() -> dict[str, Any]:
    """Return what the first page shows; as many queries whatever the numbers."""
    municipalities = Municipality.objects.aggregate(
        active=CountOf("pk", filter=Q(state=MunicipalityState.ACTIVE)),
        suspended=CountOf("pk", filter=Q(state=MunicipalityState.SUSPENDED)),
        preparing=CountOf("pk", filter=Q(state=MunicipalityState.PREPARING)),
        broken=CountOf("pk", filter=Q(schema_job__state=SchemaJobState.FAILED)),
    )
    messages = Message.objects.aggregate(
        waiting=CountOf("pk", filter=Q(state=MessageState.WAITING)),
        held=CountOf("pk", filter=Q(state=MessageState.HELD)),
        failed=CountOf("pk", filter=Q(state=MessageState.FAILED)),
    )
    return {
        "attention": attention(municipalities, messages),
        "figures": figures(municipalities, messages),
    }


def attention(municipalities: dict[str, int], messages: dict[str, int]) -> list[Task]:
    """Return what somebody should look at, the worst first."""
    lists = {
        "municipalities": "programs_municipality",
        "messages": "notifications_message",
        "invitations": "programs_invitation",
    }
    url = {name: reverse(f"admin:{model}_changelist") for name, model in lists.items()}
    behind = len(schemas_behind())
    expired = Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__lte=clock.now()
    ).count()
    challenges = cockpit.help_figures()
    found = [
        (municipalities["broken"], broken_words, url["municipalities"], FAILED),
        (messages["failed"], failed_words, f"{url['messages']}?state__exact=failed", FAILED),
        (behind, behind_words, url["municipalities"], FAILED),
        (challenges[cockpit.LATE_ONES], late_words, cockpit.help_url(cockpit.LATE), LATE),
        (challenges[cockpit.SILENT_ONES], silent_words, cockpit.help_url(cockpit.SILENT), LOOK),
        (municipalities["preparing"], preparing_words, f"{url['municipalities']}?state__exact=preparing", LOOK),
        (messages["held"], held_words, f"{url['messages']}?state__exact=held", LOOK),
        (expired, expired_words, url["invitations"], LOOK),
    ]
    return [Task(words(number), link, status) for number, words, link, status in found if number]


def broken_words(number: int) -> str:
    """Tell of schemas on which the work failed."""
    return ngettext(
        "The schema of %(count)s municipality failed", "The schemas of %(count)s municipalities failed", number
    ) % {"count": number}


def failed_words(number: int) -> str:
    """Tell of mails that could not be sent."""
    return ngettext("%(count)s mail could not be sent", "%(count)s mails could not be sent", number) % {"count": number}


def behind_words(number: int) -> str:
    """Tell of schemas that wait for a migration."""
    return ngettext(
        "The schema of %(count)s municipality is behind", "The schemas of %(count)s municipalities are behind", number
    ) % {"count": number}


def late_words(number: int) -> str:
    """Tell of challenges with something that should have been done by now."""
    return ngettext("%(count)s challenge is late", "%(count)s challenges are late", number) % {"count": number}


def silent_words(number: int) -> str:
    """Tell of challenges in which nothing was done for long."""
    return ngettext("%(count)s team is silent", "%(count)s teams are silent", number) % {"count": number}


def preparing_words(number: int) -> str:
    """Tell of municipalities that have no schema yet."""
    return ngettext(
        "%(count)s municipality is being prepared", "%(count)s municipalities are being prepared", number
    ) % {"count": number}


def held_words(number: int) -> str:
    """Tell of mails that a coordinator held."""
    return ngettext("%(count)s mail is held back", "%(count)s mails are held back", number) % {"count": number}


def expired_words(number: int) -> str:
    """Tell of invitations that nobody took."""
    return ngettext("%(count)s invitation expired", "%(count)s invitations expired", number) % {"count": number}


def figures(municipalities: dict[str, int], messages: dict[str, int]) -> list[Count]:
    """Return how much there is, each with the way to it."""
    people = User.objects.filter(is_active=True).count()
    memberships = Membership.objects.filter(ended_at__isnull=True).count()
    names = {
        "municipalities": "programs_municipality", "people": "accounts_user", "memberships": "programs_membership",
        "messages": "notifications_message",
    }  # fmt: skip
    url = {name: reverse(f"admin:{model}_changelist") for name, model in names.items()}
    return [
        Count(_("active municipalities"), municipalities["active"], f"{url['municipalities']}?state__exact=active"),
        Count(_("suspended"), municipalities["suspended"], f"{url['municipalities']}?state__exact=suspended"),
        Count(_("people with an account"), people, f"{url['people']}?is_active__exact=1"),
        Count(_("memberships"), memberships, f"{url['memberships']}?membership=open"),
        Count(_("mails waiting"), messages["waiting"], f"{url['messages']}?state__exact=waiting"),
    ]
