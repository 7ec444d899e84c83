"""The first two stages: workshops, candidates and briefs; then groups, surveys, findings and verdicts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.timezone import localtime
from django.utils.translation import gettext, override
from django_tenants.utils import tenant_context

from challenges.enums import Section
from programs.cohorts.models import Progress
from programs.enums import Role, Stage
from programs.models import Municipality
from tech4muni.core import clock
from tech4muni.home.demonstration.defining import CRITERIA
from tech4muni.home.demonstration.scripts import Script, scripts, survey_texts
from tests.journeys.program.moving import move_on
from tests.journeys.program.world import World
from validation.models import Response

STARS: Final = {"significance": 5, "urgency": 4, "feasibility": 4, "measurability": 4}
RESIDENTS: Final = 6  # who answer a survey: five is the least that is shown
SECONDS_TO_ANSWER: Final = 60  # what is sent at once is taken for a machine's
DECISION_AFTER: Final = timedelta(days=300)


@dataclass(frozen=True)
class Plan:
    """A challenge of the journey.

    Args:
        city: whose it is.
        script: what its team writes, by its name in the demonstration.
        is_joint: whether it belongs to the joint challenge.
        languages: in which the whole brief is written.
    """

    city: str
    script: str
    languages: tuple[str, ...] = ("en-gb",)
    is_joint: bool = False

    @property
    def key(self) -> str:
        """What `World.challenges` knows it by."""
        return f"{self.city}-{self.script}"

    @property
    def text(self) -> Script:
        """What its team writes."""
        return scripts()[self.script]


SHARED: Final = (
    Plan("strumica", "air", ("mk", "en-gb"), is_joint=True),
    Plan("gostivar", "air", ("mk", "en-gb"), is_joint=True),
)
OWN: Final = (Plan("haifa", "stairs", ("he",)), Plan("strumica", "bins"), Plan("haifa", "counters"))
REFRAMED: Final = OWN[1]
PLANS: Final = (*SHARED, *OWN)


def define(world: World) -> None:
    """Hold the workshops, choose candidates, write the briefs and have them approved; then the window turns."""
    for plan in PLANS:
        _hold_workshop(world, plan)
        _choose_candidate(world, plan)
    world.pass_days(10)
    for plan in PLANS:
        _write_brief(world, plan)
        _approve_brief(world, plan)
    assert _stages() == {Stage.CHALLENGE}
    world.pass_until(world.program.windows.get(stage=Stage.CHALLENGE).closes_at)
    assert _stages() == {Stage.VALIDATION}, "their gates are met, and the program lets this stage turn by itself"


def validate(world: World) -> None:
    """Name who shall be heard, ask residents, talk, and give the verdicts; each challenge moves on."""
    surveys = {plan: _begin_validation(world, plan) for plan in PLANS}
    for plan, survey in surveys.items():
        _answer(world, plan, survey)
    world.pass_days(15)
    for plan, survey in surveys.items():
        _close_survey(world, plan, survey)
        _give_verdict(world, plan)
        move_on(world, plan.key, Stage.MAPPING)
    assert _stages() == {Stage.MAPPING}


def _stages() -> set[str]:
    return set(Progress.objects.values_list("stage", flat=True))


def _workshop(plan: Plan) -> str:
    return f"Workshop on {plan.script}"


def _hold_workshop(world: World, plan: Plan) -> None:
    """Plan a workshop, write down who came and what was said."""
    browsing, municipality = world.browsing, world.cities[plan.city]
    browsing.as_(world.people[plan.city, Role.LEAD], plan.city, "/workshops/plan/")
    begins = f"{localtime(clock.now(), ZoneInfo(municipality.time_zone)):%Y-%m-%dT%H:%M}"
    title = _workshop(plan)
    browsing.send("Save", {"title": title, "starts_at": begins, "place": "Town hall"})
    at = browsing.follow(title).url
    browsing.go(f"{at}participants/")
    browsing.send("Add", {"people": "Marija, Mayor's office\nStefan, Public works\nRuth, Residents"})
    cards = plan.text.parts["cards"]
    for kind, text, group, _votes in cards:
        browsing.go(f"{at}cards/")
        browsing.send("Add", {"kind": kind, "texts": text, "group": group})
    page = browsing.go(f"{at}cards/arrange/")
    names = [str(field.get_attribute("name")) for field in page.locator("[name^=votes_]").all()]
    assert len(names) == len(cards)
    browsing.send("Save", {name: 9 - number for number, name in enumerate(names)})


def _choose_candidate(world: World, plan: Plan) -> None:
    """Compare two candidates of the workshop; the better one becomes the challenge."""
    browsing, script = world.browsing, plan.text
    main = next(text for text in script.texts.values() if "problem" in text)
    title = script.title(*world.cities[plan.city].languages)
    other = script.parts["other_candidate"]
    mine: dict[str, str] = {"title": title, "problem": main["problem"]}
    for candidate, stars in ((other, {**STARS, "urgency": 1}), (mine, STARS)):
        page = browsing.go("/candidates/add/")
        workshop = page.locator("[name=workshop] option", has_text=_workshop(plan)).get_attribute("value")
        browsing.send("Save", {**candidate, "workshop": workshop})
        browsing.follow(candidate["title"])
        browsing.send("Rate", stars)
    browsing.go("/candidates/")
    at = browsing.follow(title).url
    browsing.go(f"{at}choose/")
    joint = {"joint": world.joint.pk} if plan.is_joint else {}
    page = browsing.send("Begin the challenge", joint)
    world.challenges[plan.key] = _uuid(page.url)


def _write_brief(world: World, plan: Plan) -> None:
    """Write the brief as a whole: texts in its languages, a figure, a metric, the criteria."""
    browsing, municipality, parts = world.browsing, world.cities[plan.city], plan.text.parts
    brief = f"/challenges/{world.challenges[plan.key]}/brief/"
    browsing.as_(world.people[plan.city, Role.MEMBER], plan.city, brief)
    facts = _facts(world, plan)
    for language, texts in plan.text.texts.items():
        if language in municipality.languages:
            for section in Section:
                values = {name: texts[name] for name in section.texts if name in texts}
                if values:
                    browsing.go(f"{brief}{language}/{section.value}/")
                    browsing.send("Save", values | (facts.get(section, {}) if language in plan.languages else {}))
    metric = parts["metric"]
    how = {"baseline_how": metric["how"], "baseline_who": metric["who"]}
    rows: list[tuple[str, Mapping[str, Any]]] = [
        ("figures", {**_names(parts["figure"], municipality), **_some(parts["figure"], "value", "unit", "source")}),
        ("metrics", {**_names(metric, municipality), **_some(metric, "unit", "aim"), **how}),
        *(("criteria", {**_names({"names": names}, municipality), "weight": weight}) for names, weight in CRITERIA),
    ]
    for kind, row in rows:
        browsing.go(f"{brief}lists/{kind}/add/")
        browsing.send("Save", row)


def _facts(world: World, plan: Plan) -> dict[Section, dict[str, Any]]:
    lead = world.people[plan.city, Role.LEAD]
    decision_on = (clock.now() + DECISION_AFTER).date().isoformat()
    return {
        Section.FRAME: {"pilot_budget": 24000, "pilot_weeks": 12},
        Section.AWARD: {"decision_on": decision_on, "contact_name": lead.name, "contact_email": lead.email},
    }


def _approve_brief(world: World, plan: Plan) -> None:
    """Hand the brief in; somebody else reads and approves it."""
    brief = f"/challenges/{world.challenges[plan.key]}/brief/"
    world.browsing.as_(world.people[plan.city, Role.MEMBER], plan.city, brief)
    world.browsing.send("Hand it in for approval")
    assert any(brief in letter for letter in world.letters_to(world.people[plan.city, Role.APPROVER].email))
    world.browsing.as_(world.people[plan.city, Role.APPROVER], plan.city, brief)
    world.browsing.send("Approve the brief")


def _begin_validation(world: World, plan: Plan) -> str:
    """Name groups, directions and assumptions, and open a survey; return the link for residents."""
    browsing, municipality, parts = world.browsing, world.cities[plan.city], plan.text.parts
    here = f"/challenges/{world.challenges[plan.key]}/validation/"
    browsing.as_(world.people[plan.city, Role.MEMBER], plan.city, here)
    for group in parts["groups"]:
        browsing.go(f"{here}groups/add/")
        browsing.send("Save", {**_names(group, municipality), "interest": 5, "influence": 3, "target": RESIDENTS})
    for direction in parts["directions"]:
        browsing.go(f"{here}directions/add/")
        browsing.send("Save", _names(direction, municipality))
    for text, how, evidence, verdict in parts["assumptions"]:
        browsing.go(f"{here}assumptions/add/")
        tested = verdict if evidence else "supported"
        values = {"text": text, "tested_how": how, "evidence": evidence or "Ten talks", "verdict": tested}
        browsing.send("Save", values)
    return _open_survey(world, plan, here)


def _open_survey(world: World, plan: Plan, here: str) -> str:
    browsing, texts, languages = world.browsing, survey_texts(), plan.languages
    parts, typed = ("names", "introductions"), world.cities[plan.city].languages
    said = {f"{part}_{language}": texts[part][language] for part in parts for language in typed}
    page = browsing.go(f"{here}surveys/add/")
    for box in page.locator("[name=languages]").all():
        box.set_checked(box.get_attribute("value") in languages)
    survey = browsing.send("Save", said).url
    asked = [
        ("scale", None),
        *(("direction", direction) for direction in plan.text.parts["directions"]),
        ("text", None),
    ]
    for kind, direction in asked:
        page = browsing.go(f"{survey}questions/add/")
        part = "attitude" if direction else kind
        values: dict[str, Any] = {f"texts_{language}": texts[part][language] for language in languages}
        if direction:
            about = _name(direction, world.cities[plan.city])
            values["direction"] = page.locator("[name=direction] option", has_text=about).get_attribute("value")
        browsing.send("Save", {"kind": kind, **values})
    browsing.go(f"{survey}open/")
    page = browsing.send("Open the survey")
    return urlsplit(str(page.locator("a.link-line").get_attribute("href"))).path


def _answer(world: World, plan: Plan, link: str) -> None:
    """Let residents without an account answer: all want the first direction, and nobody the last one."""
    directions = len(plan.text.parts["directions"])
    with override("en-gb" if "en-gb" in plan.languages else plan.languages[0]):  # what the browser reads, if there is
        button = gettext("Send my answers")
    attitudes = {f"q{number + 2}": "want" if number < directions - 1 else "reject" for number in range(directions)}
    for number in range(RESIDENTS * len(plan.text.parts["groups"])):
        page = world.browsing.as_(None, plan.city, link)
        groups = [box.get_attribute("value") for box in page.locator("[name=group]").all()]
        group = [value for value in groups if value][number // RESIDENTS]
        world.pass_seconds(SECONDS_TO_ANSWER)
        world.browsing.send(button, {"q1": 1 + number % 5, **attitudes, "group": group})


def _close_survey(world: World, plan: Plan, link: str) -> None:
    """Close the survey; what its results say on the page is what is in the database."""
    browsing = world.browsing
    here = f"/challenges/{world.challenges[plan.key]}/validation/"
    browsing.as_(world.people[plan.city, Role.LEAD], plan.city, here)
    survey = browsing.page.locator(f'a[href^="{here}surveys/"]:not([href$="/add/"])').first.get_attribute("href")
    browsing.go(f"{survey}close/")
    browsing.send("Close the survey")
    page = browsing.go(f"{survey}results/")
    with tenant_context(world.cities[plan.city]):
        given = Response.objects.filter(survey__public_id=_uuid(str(survey))).count()
    assert given == RESIDENTS * len(plan.text.parts["groups"])
    assert str(given) in page.locator("main").inner_text()


def _give_verdict(world: World, plan: Plan) -> None:
    """Write down what was found, change the brief where it is why, and give the verdict."""
    browsing, parts = world.browsing, plan.text.parts
    here = f"/challenges/{world.challenges[plan.key]}/validation/"
    page = browsing.go(here)
    unwanted = _name(parts["directions"][-1], world.cities[plan.city])
    assert page.get_by_text(unwanted).count()
    browsing.go(f"{here}findings/add/")
    survey = browsing.page.locator("[name=survey] option").nth(1).get_attribute("value")
    browsing.send("Save", {"text": f"Residents do not want: {unwanted}", "survey": survey})
    verdict = "validated"
    if plan == REFRAMED:
        _change_brief(world, plan)
        verdict = "reframed"
    browsing.as_(world.people[plan.city, Role.LEAD], plan.city, f"{here}verdict/")
    browsing.send(
        "Give the verdict", {"verdict": verdict, "rationale": "They want it, but not all that we thought of."}
    )


def _change_brief(world: World, plan: Plan) -> None:
    """Open the brief again, leave out what nobody wants, name the finding behind it, and have it approved again."""
    browsing, challenge = world.browsing, f"/challenges/{world.challenges[plan.key]}/"
    browsing.go(f"{challenge}brief/")
    browsing.send("Open it again for writing")
    browsing.go(f"{challenge}brief/{plan.languages[0]}/{Section.OUTCOME.value}/")
    browsing.send("Save", {"out_of_scope": "What residents do not want."})
    browsing.go(f"{challenge}validation/changes/out_of_scope/")
    finding = browsing.page.locator("[name=findings]").first.get_attribute("value")
    browsing.send("Save", {"findings": [finding]})
    _approve_brief(world, plan)


def _names(part: Mapping[str, Any], municipality: Municipality) -> dict[str, str]:
    """Return the names of something as its form takes them: in each language, the English one where there is none."""
    names = part["names"]
    return {f"names_{each}": names.get(each) or _name(part, municipality) for each in municipality.languages}


def _name(part: Mapping[str, Any], municipality: Municipality) -> str:
    """Return what an English page calls something."""
    names: dict[str, str] = part["names"]
    return names.get("en-gb") or next(names[each] for each in municipality.languages if each in names)


def _some(part: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: part[name] for name in names}


def _uuid(address: str) -> str:
    """Return the last public id in an address."""
    found: list[str] = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", address)
    return found[-1]
