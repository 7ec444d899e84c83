"""What to do next in a municipality, told by its records: nobody ticks anything off."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.permissions import APPROVERS, RATERS, WRITERS
from challenges.queries import Standing
from programs.actors import Actor
from programs.criteria import Finding
from programs.enums import Role
from programs.models import Municipality
from programs.permissions import MANAGERS
from tech4muni.core import dates
from tech4muni.core.components import Status, Task, Tone
from tech4muni.home.queries import Team

TEAM_WANTED: Final = 3
LEADS_WANTED: Final = 2

TODO: Final = Status(gettext_lazy("Not started"), Tone.TODO)
DOING: Final = Status(gettext_lazy("In progress"), Tone.DOING)
DONE: Final = Status(gettext_lazy("Done"), Tone.DONE)
LATE: Final = Status(gettext_lazy("Expired"), Tone.LATE)
OVERDUE: Final = Status(gettext_lazy("Late"), Tone.LATE)
SHOWN: Final = 8
TAKEN_BY: Final = {
    Role.LEAD: MANAGERS,
    Role.MEMBER: WRITERS,
    Role.EVALUATOR: RATERS,
    Role.APPROVER: APPROVERS,
    Role.VIEWER: frozenset(Role),
}
"""Which roles take the steps of a role; leads name a panel among all but viewers."""
TAKEN_ON_VISIT: Final = frozenset({Role.LEAD, Role.MEMBER})
"""Whose steps coordinators take on a visit: they neither score nor approve."""


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


def challenge_steps(standings: Sequence[Standing], actor: Actor, now: datetime) -> list[Task]:
    """Return what the gates of challenges still want, each with who and until when.

    What the reader takes stands first, with the way there; within, the most urgent challenge does.
    """
    far = datetime.max.replace(tzinfo=now.tzinfo)
    urgent_first = sorted(standings, key=lambda standing: standing.window.closes_at if standing.window else far)
    wanted = [(standing, finding) for standing in urgent_first for finding in standing.missing]
    own_first = sorted(wanted, key=lambda pair: not takes(actor, pair[1].criterion.owner))
    return [_gate_task(standing, finding, actor, now) for standing, finding in own_first[:SHOWN]]


def takes(actor: Actor, owner: Role) -> bool:
    """Whether somebody takes the steps of a role."""
    if actor.role is None:
        return actor.acts_as_coordinator and owner in TAKEN_ON_VISIT
    return actor.role in TAKEN_BY[owner]


def _gate_task(standing: Standing, finding: Finding, actor: Actor, now: datetime) -> Task:
    window = standing.window
    late = window is not None and window.closes_at <= now
    parts = [str(standing.challenge), str(finding.criterion.owner.label)]
    if window is not None:
        parts.append(_("until %(day)s") % {"day": dates.day_words(window.closes_at)})
    if finding.note:
        parts.append(str(finding.note))
    url = finding.url if takes(actor, finding.criterion.owner) else ""
    return Task(finding.criterion.todo, url, OVERDUE if late else TODO, " · ".join(parts))


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
