"""What to do next in a municipality, told by its records: nobody ticks anything off."""

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programs.models import Municipality
from tech4muni.core.components import Status, Task, Tone
from tech4muni.home.queries import Team

TEAM_WANTED: Final = 3
LEADS_WANTED: Final = 2

TODO: Final = Status(gettext_lazy("Not started"), Tone.TODO)
DOING: Final = Status(gettext_lazy("In progress"), Tone.DOING)
DONE: Final = Status(gettext_lazy("Done"), Tone.DONE)
LATE: Final = Status(gettext_lazy("Expired"), Tone.LATE)


def next_steps(municipality: Municipality, team: Team, *, may_manage: bool, needs_second_factor: bool) -> list[Task]:
    """Return the steps that make a municipality ready to begin, what is done last.

    Args:
        municipality: whose steps.
        team: its people.
        may_manage: whether the viewer can take the steps about people and profile; others see how far they are.
        needs_second_factor: whether the viewer has none yet.
    """
    people = reverse("people:list") if may_manage else ""
    profile = reverse("profile") if may_manage else ""
    steps = [*_own_steps(needs_second_factor=needs_second_factor), *_people_steps(team, people)]
    steps.append(_profile_step(municipality, profile))
    return sorted(steps, key=lambda step: step.status is DONE)


def _own_steps(*, needs_second_factor: bool) -> Iterator[Task]:
    if needs_second_factor:
        note = _("A passkey or an authenticator app, besides your password or code.")
        yield Task(_("Protect your account with a second factor"), reverse("mfa_index"), TODO, note)


def _people_steps(team: Team, url: str) -> Iterator[Task]:
    if team.expired:
        title = ngettext(
            "Renew %(count)s invitation that expired", "Renew %(count)s invitations that expired", team.expired
        ) % {"count": team.expired}
        yield Task(title, url, LATE, _("Nobody can accept them any more."))
    yield Task(_("Invite your team"), url, _team_status(team), _team_note(team))
    leads = len(team.leads)
    yield Task(
        _("Appoint a second lead"),
        url,
        DONE if leads >= LEADS_WANTED else TODO,
        _("So that the work goes on when one of you is away.") if leads < LEADS_WANTED else _names(team),
    )


def _team_status(team: Team) -> Status:
    if len(team.memberships) >= TEAM_WANTED:
        return DONE
    return DOING if len(team.memberships) + team.invited > 1 else TODO


def _team_note(team: Team) -> str:
    people = len(team.memberships)
    here = ngettext("%(count)s person works here", "%(count)s people work here", people) % {"count": people}
    if not team.invited:
        return here
    invited = ngettext("%(count)s is invited", "%(count)s are invited", team.invited) % {"count": team.invited}
    return f"{here} · {invited}"


def _names(team: Team) -> str:
    return " · ".join(str(lead.user) for lead in team.leads)


def _profile_step(municipality: Municipality, url: str) -> Task:
    wanted = {
        _("the logo"): bool(municipality.logo),
        _("the number of residents"): municipality.population is not None,
        _("the name in every language"): all(language in municipality.names for language in municipality.languages),
    }
    missing = [label for label, given in wanted.items() if not given]
    status = TODO if len(missing) == len(wanted) else DOING if missing else DONE
    note = _("Still missing: %(things)s") % {"things": ", ".join(missing)} if missing else ""
    return Task(_("Complete the profile"), url, status, note)
