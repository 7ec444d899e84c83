"""The selection: panel, conflicts of interest, scorecards, a matrix that the test reckons again, decision, answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.core import mail
from django_tenants.utils import tenant_context
from playwright.sync_api import Locator, Page

from challenges.models import Challenge
from programs.enums import Ending, Role, Stage
from solutions.market.enums import ReleaseState
from solutions.market.models import Applicant, Release
from solutions.selection.enums import ConflictKind, DecisionOutcome, Place
from solutions.selection.models import Conflict, Criterion, Decision, DecisionLine
from tech4muni.core import clock
from tests.journeys.program.browsing import PORTAL
from tests.journeys.program.meeting import answer, post_all
from tests.journeys.program.moving import city_of, move_on
from tests.journeys.program.world import World, work

DAYS_TO_SCORE: Final = 14
OUTCOMES: Final = (
    DecisionOutcome.RESERVE, DecisionOutcome.NO_AWARD, DecisionOutcome.SELECTED, DecisionOutcome.SPLIT,
    DecisionOutcome.SELECTED,
)  # fmt: skip
"""What is decided about the challenges, in their order in the world."""
CHOSEN: Final = {
    DecisionOutcome.SELECTED: (Place.SELECTED,),
    DecisionOutcome.RESERVE: (Place.SELECTED, Place.RESERVE),
    DecisionOutcome.SPLIT: (Place.SELECTED, Place.SELECTED),
    DecisionOutcome.NO_AWARD: (),
}
"""What becomes of the best ones."""
STATES: Final = {
    Place.SELECTED: ReleaseState.SELECTED,
    Place.RESERVE: ReleaseState.RESERVE,
    Place.NOT_SELECTED: ReleaseState.NOT_SELECTED,
}
"""What becomes of an application by its place in the decision."""
PANEL: Final = (Role.LEAD, Role.EVALUATOR, Role.MEMBER)
SMALL_PANEL: Final = PANEL[:2]
REASON: Final = "My brother works there."
HIGHEST: Final = 5
WEIGHT: Final = re.compile(r"\((\d+)%\)")


@dataclass
class Round:
    """The selection of one challenge.

    Args:
        key: of the challenge in the world.
        outcome: what will be decided.
        panel: who scores.
        releases: what they score.
        hidden: who does not see which release.
        typed: for each release the points of its scorecards, in the order of the criteria.
    """

    world: World
    key: str
    outcome: DecisionOutcome
    panel: Sequence[Role]
    releases: list[Release] = field(init=False)
    hidden: set[tuple[Role, int]] = field(default_factory=set)
    typed: dict[int, list[list[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find what is scored."""
        rows = Release.objects.filter(city__challenge_id=self.world.challenges[self.key])
        invited = rows.filter(state=ReleaseState.INVITED).select_related("application__company")
        self.releases = list(invited.order_by("pk"))

    @property
    def is_seen(self) -> bool:
        """Whether its panel is at the mouse; the others' forms are sent unseen, but for the decision."""
        return self.panel == PANEL

    @property
    def city(self) -> str:
        """The municipality."""
        return city_of(self.key)

    def path(self, tail: str = "") -> str:
        """Return the path of a page of the selection."""
        return f"/challenges/{self.world.challenges[self.key]}/selection/{tail}"

    def as_(self, role: Role, tail: str = "") -> Page:
        """Open a page of the selection as somebody of the municipality."""
        return self.world.browsing.as_(self.world.people[self.city, role], self.city, self.path(tail))

    def card(self, release: Release) -> str:
        """Return the path of a scorecard."""
        return self.path(f"scores/{release.public_id}/")

    def scored_by(self, role: Role) -> list[Release]:
        """Return what somebody scores."""
        return [release for release in self.releases if (role, release.pk) not in self.hidden]


def select(world: World) -> list[Round]:
    """Let each challenge be decided, in the order of the world; return how."""
    rounds = [
        Round(world, key, OUTCOMES[number % len(OUTCOMES)], SMALL_PANEL if number else PANEL)
        for number, key in enumerate(world.challenges)
    ]
    tie(world, rounds[0])
    for each in rounds:
        name_panel(each)
        declare_conflicts(each)
    world.pass_days(3)
    for each in rounds:
        score(each)
        close(each)
    world.pass_days(4)
    for each in rounds:
        decide(each)
        read_answers(each)
    world.pass_days(1)
    for each in rounds:
        if each.outcome == DecisionOutcome.NO_AWARD:
            end_without_award(each)
        else:
            move_on(world, each.key, Stage.PILOT)
    return rounds


def tie(world: World, first: Round) -> None:
    """Let a company bring somebody of the municipality into its application: a conflict that records show."""
    release, browsing = first.releases[1], world.browsing
    member = world.people[first.city, Role.MEMBER]
    owner = release.application.people.earliest("pk").user
    browsing.as_(owner, PORTAL, f"/applications/{release.application.public_id}/people/")
    browsing.send("Send the invitation", {"email": member.email, "role": "viewer"})
    links = (re.search(r"/applications/link/\S+", letter) for letter in world.letters_to(member.email))
    link = next(found[0] for found in links if found)
    browsing.as_(member, PORTAL, link)
    browsing.send("Go to the application")
    assert release.application.people.filter(user=member).exists()
    first.hidden.add((Role.MEMBER, release.pk))


def name_panel(each: Round) -> None:
    """Let the lead name the panel and plan what it scores until when: the larger one with the mouse."""
    browsing, users = each.world.browsing, [each.world.people[each.city, role].pk for role in each.panel]
    zone = ZoneInfo(each.world.cities[each.city].time_zone)
    due = f"{(clock.now() + timedelta(days=DAYS_TO_SCORE)).astimezone(zone):%Y-%m-%dT%H:%M}"
    each.as_(Role.LEAD, "panel/")
    plan = {"pool": "invited", "scores_due_at": due}
    if each.is_seen:
        for user in users:
            page = browsing.send("Name as a member of the panel", {"user": user})
        assert page.get_by_text("Not declared", exact=True).count() == len(users)
        browsing.follow("Plan the scoring")
        browsing.send("Save", plan)
    else:
        named = [(each.path("panel/"), {"user": user}) for user in users]
        post_all(each.world, *named, (each.path("panel/plan/"), plan))


def declare_conflicts(each: Round) -> None:
    """Let the panel declare: of the larger one, the evaluator has a conflict, and records show the member's."""
    if each.is_seen:
        each.hidden.add((Role.EVALUATOR, each.releases[0].pk))
    for role in each.panel:
        if each.is_seen:
            each.as_(role, "conflicts/")
            reasons = {company_field(each.releases[0]): REASON} if role == Role.EVALUATOR else {}
            see_what_is_hidden(each, role, each.world.browsing.send("Declare", {**reasons, "rest": True}))
        else:
            each.as_(role, "scores/")
            post_all(each.world, (each.path("conflicts/"), {"rest": "on"}))
    page = each.as_(Role.LEAD, "panel/")
    assert page.get_by_text("Not declared", exact=True).count() == 0
    for release in each.releases:
        shown = page.locator("section[aria-labelledby=conflicts]").get_by_text(name_of(release), exact=True)
        assert shown.count() == sum(pk == release.pk for _role, pk in each.hidden)
    with tenant_context(each.world.cities[each.city]):
        found = Conflict.objects.filter(challenge__public_id=each.world.challenges[each.key])
        kinds = [ConflictKind.DECLARED, ConflictKind.DERIVED] if each.is_seen else []
        assert sorted(found.values_list("kind", flat=True)) == kinds


def company_field(release: Release) -> str:
    """Return the field in which a conflict with the company that applied is declared."""
    assert release.application.company is not None
    return f"company_{release.application.company.public_id.hex}"


def see_what_is_hidden(each: Round, role: Role, page: Page) -> None:
    """See that somebody scores all but what is hidden from them, which is not there for them."""
    listed = page.locator("main tbody th").all_inner_texts()
    assert sorted(listed) == sorted(map(name_of, each.scored_by(role)))
    for release in each.releases:
        if (role, release.pk) in each.hidden:
            applications = f"/challenges/{each.world.challenges[each.key]}/applications/"
            assert answer(each.world, each.card(release)) == 404
            assert answer(each.world, f"{applications}{release.public_id}/") == 404
            page = each.world.browsing.go(applications)
            received = Release.objects.filter(city__challenge_id=each.world.challenges[each.key])
            assert page.get_by_text(f"{received.count() - 1} applications", exact=True).is_visible()
            assert name_of(release) not in page.locator("tbody th").all_inner_texts()


def name_of(release: Release) -> str:
    """Return the name of the company that applied."""
    assert release.application.company is not None
    return str(release.application.company.name)


def score(each: Round) -> None:
    """Let the panel score: the first scorecard of each of the larger panel with the mouse, the others unseen."""
    criteria = criteria_of(each)
    for seat, role in enumerate(each.panel):
        page = each.as_(role, "scores/")
        for number, release in enumerate(each.scored_by(role)):
            points = [points_of(each, seat, release, place) for place in range(len(criteria))]
            fields = scorecard(criteria, points)
            if number or not each.is_seen:
                post_all(each.world, (each.card(release), {**fields, "hand_in": "on", "version": 0}))
            else:
                each.world.browsing.go(each.card(release))
                page = each.world.browsing.send("Save", {**fields, "hand_in": True})
                assert page.get_by_text("Handed in", exact=True).is_visible()
            each.typed.setdefault(release.pk, []).append(points)
        page = each.world.browsing.go(each.path("scores/"))
        assert page.get_by_text("Handed in", exact=True).count() == len(each.scored_by(role))


def criteria_of(each: Round) -> list[Criterion]:
    """Return the criteria of a challenge."""
    with tenant_context(each.world.cities[each.city]):
        return list(Criterion.objects.filter(challenge__public_id=each.world.challenges[each.key]))


def points_of(each: Round, seat: int, release: Release, place: int) -> int:
    """Return what somebody gives an application for a criterion; the earlier it came, the better."""
    rank = each.releases.index(release)
    return max(0, HIGHEST - rank - (seat + place) % 2)


def scorecard(criteria: Sequence[Criterion], points: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a scorecard."""
    values = {f"value_{each.pk}": number for each, number in zip(criteria, points, strict=True)}
    reasons = {
        f"reason_{each.pk}": f"As the meeting showed: {number}" for each, number in zip(criteria, points, strict=True)
    }
    return {**values, **reasons, "comment": "Sound, with open questions about the price."}


def close(each: Round) -> None:
    """Close the scoring, and reckon the matrix again from what was typed and the weights that are shown."""
    each.as_(Role.LEAD, "scores/close/")
    page = each.world.browsing.send("Close the scoring")
    table = page.locator("table.matrix")
    weights = [int(found[1]) for found in map(WEIGHT.search, table.locator("thead th").all_inner_texts()) if found]
    assert sum(weights) == 100
    means = {release.pk: weighted_mean(weights, each.typed[release.pk]) for release in each.releases}
    best = sorted(means.values(), reverse=True)
    rows = {row.locator("th bdi").first.inner_text(): row for row in table.locator("tbody tr").all()}
    for release in each.releases:
        mean, cards = means[release.pk], each.typed[release.pk]
        shown = read_row(rows[name_of(release)])
        columns = zip(*cards, strict=True)
        assert shown == [
            str(best.index(mean) + 1), *(rounded(Fraction(sum(column), len(cards)), 1) for column in columns),
            rounded(mean, 2), f"{len(cards)} of {len(cards)}",
        ]  # fmt: skip


def weighted_mean(weights: Sequence[int], cards: Sequence[Sequence[int]]) -> Fraction:
    """Return the mean over the scorecards of the weighted sum of points."""
    total = sum(weight * number for card in cards for weight, number in zip(weights, card, strict=True))
    return Fraction(total, sum(weights) * len(cards))


def rounded(value: Fraction, digits: int) -> str:
    """Return a number as it is shown."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return str(number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def read_row(row: Locator) -> list[str]:
    """Return the figures of a row of the matrix, without the notes below them."""
    cells = row.locator("td")
    cells.locator(".task-note").evaluate_all("notes => notes.forEach(note => note.remove())")
    return [text.strip() for text in cells.all_inner_texts()]


def decide(each: Round) -> None:
    """Let the lead write and propose the decision, and somebody else approve it."""
    browsing = each.world.browsing
    each.as_(Role.LEAD, "decision/write/")
    browsing.send("Save the draft", decision_fields(each))
    page = browsing.send("Propose the decision")
    assert page.get_by_role("button", name="Approve, and answer all applicants").count() == 0
    each.as_(Role.APPROVER, "decision/")
    page = browsing.send("Approve, and answer all applicants")
    assert page.get_by_text(str(each.outcome.label), exact=True).is_visible()


def decision_fields(each: Round) -> dict[str, Any]:
    """Return the decision: the best ones are chosen, and those who were not scored are told something, too."""
    scored = [release.public_id.hex for release in each.releases]
    places = dict(zip(scored, CHOSEN[each.outcome], strict=False))
    page = each.world.browsing.page
    names = [str(one.get_attribute("name")) for one in page.locator("textarea[name^=debrief_]").all()]
    others = [name for name in names if name.removeprefix("debrief_") not in scored]
    return {
        "outcome": each.outcome.value,
        "rationale": "The best mean of all criteria.",
        "dissent": "One of us would have waited for another year.",
        **{f"place_{key}": place.value for key, place in places.items()},
        **{name: f"Thank you for the work you put in. {name[-6:]}" for name in others},
    }


def read_answers(each: Round) -> None:
    """See that everybody who applied got the answer of the decision by mail, and reads it on the portal."""
    work()
    lines = lines_of(each)
    states = dict(Release.objects.filter(public_id__in=lines).values_list("public_id", "state"))
    for release_id, (place, debrief) in lines.items():
        assert states[release_id] == STATES[place]
        people = Applicant.objects.filter(application__releases__public_id=release_id, ended_at__isnull=True)
        for person in people.select_related("user"):
            letters = [letter for letter in mail.outbox if person.user.email in letter.to]
            assert any(debrief.splitlines()[0] in str(letter.body) for letter in letters), person.user.email
    best = each.releases[0]
    owner = best.application.people.earliest("pk").user
    page = each.world.browsing.as_(owner, PORTAL, f"/applications/{best.application.public_id}/")
    row = page.locator("tr", has=page.get_by_text(str(each.world.cities[each.city]), exact=True))
    assert row.get_by_text(str(ReleaseState(states[best.public_id]).label), exact=True).count() == 1


def lines_of(each: Round) -> Mapping[Any, tuple[Place, str]]:
    """Return what a decision says of each application, by release."""
    with tenant_context(each.world.cities[each.city]):
        decision = Decision.objects.get(challenge__public_id=each.world.challenges[each.key])
        assert decision.answered_at is not None
        rows = DecisionLine.objects.filter(decision=decision).select_related("received")
        return {row.received.release_id: (Place(row.place), row.debrief) for row in rows}


def end_without_award(each: Round) -> None:
    """End a challenge about which nobody was chosen."""
    each.as_(Role.LEAD, "decision/")
    each.world.browsing.send("End the challenge without an award")
    with tenant_context(each.world.cities[each.city]):
        challenge = Challenge.objects.get(public_id=each.world.challenges[each.key])
    assert challenge.ending == Ending.NO_AWARD
