"""The first two stages of the demonstration: workshop, brief, approval; groups, survey, findings, verdict."""

from decimal import Decimal
from typing import Any

from challenges.enums import CardKind, RowKind, Section
from challenges.models import Card, Workshop
from challenges.queries.briefs import section_values
from challenges.services import approvals, briefs, candidates, moves, rows, workshops
from programs.enums import Role, Stage
from tech4muni.core import clock
from tech4muni.home.demonstration.cast import MARK
from tech4muni.home.demonstration.scripts import survey_texts
from tech4muni.home.demonstration.ways import Way, at_nine
from validation.enums import Attitude, ChallengeVerdict, EngagementKind, QuestionKind
from validation.models import Assumption, Bottleneck, Direction, Engagement, Finding, Question, StakeholderGroup, Survey
from validation.services import questions, records, responses, surveys, verdicts

GUESTS = (("Marija", "Mayor's office"), ("Stefan", "Public works"), ("Lulzim", "Finance"), ("Ruth", "Residents"))
STARS = {"significance": 5, "urgency": 4, "feasibility": 4, "measurability": 4}
PARTS = ("names", "unit", "aim")


def hold_workshop(way: Way) -> None:
    """Hold a workshop, write its cards down, and compare two candidates."""
    lead, script = way.lead, way.script
    title = script.title(*way.municipality.languages)
    workshop = workshops.plan_workshop(actor=lead, title=title, starts_at=at_nine(0), place=str(way.municipality))
    people = [(f"{name} ({MARK})", office) for name, office in GUESTS]
    workshops.add_participants(workshop, actor=lead, people=people)
    for kind, text, group, votes in script.parts["cards"]:
        [card] = workshops.add_cards(workshop, actor=lead, kind=CardKind(kind), texts=[text], group=group)
        workshops.arrange_cards(workshop, actor=lead, changes={card.pk: {"votes": votes}})
    way.things["workshop"] = workshop.pk


def choose_candidate(way: Way) -> None:
    """Compare two candidates and choose one: the challenge begins."""
    lead, script = way.lead, way.script
    workshop = Workshop.objects.get(pk=way.things["workshop"])
    main = next(text for text in script.texts.values() if "problem" in text)
    cards = list(Card.objects.filter(workshop=workshop, votes__gte=5))
    title = script.title(*way.municipality.languages)
    chosen = candidates.add_candidate(actor=lead, title=title, problem=main["problem"], workshop=workshop, cards=cards)
    other = candidates.add_candidate(actor=lead, workshop=workshop, **script.parts["other_candidate"])
    candidates.rate(chosen, actor=lead, stars=STARS)
    candidates.rate(other, actor=lead, stars={**STARS, "significance": 2, "urgency": 2})
    challenge = candidates.choose(chosen, actor=lead, title=title, joint=way.joint)
    way.things["challenge"] = challenge.pk


def begin_brief(way: Way) -> None:
    """Write what there is of the texts."""
    for language, text in way.script.texts.items():
        if language in way.municipality.languages:
            for section in Section:
                values = {name: text[name] for name in section.texts if name in text}
                if values:
                    write(way, section, language, values)


def write_brief(way: Way) -> None:
    """Write the brief as a whole, with figures, metrics and criteria."""
    begin_brief(way)
    lead, challenge, parts = way.lead, way.challenge, way.script.parts
    language = way.languages[0]
    person = way.person(Role.LEAD)
    contact = {"contact_name": person.name, "contact_email": person.email}
    write(way, Section.FRAME, language, {"pilot_budget": Decimal(24000), "pilot_weeks": 12})
    write(way, Section.AWARD, language, {"decision_on": at_nine(way.decides_after).date(), **contact})
    figure = {**parts["figure"], "value": Decimal(parts["figure"]["value"])}
    rows.add_row(challenge, actor=lead, kind=RowKind.FIGURES, values=figure)
    metric = parts["metric"]
    values = {name: metric[name] for name in PARTS} | {"baseline_how": metric["how"], "baseline_who": metric["who"]}
    rows.add_row(challenge, actor=lead, kind=RowKind.METRICS, values=values)
    for names, weight in CRITERIA:
        rows.add_row(challenge, actor=lead, kind=RowKind.CRITERIA, values={"names": names, "weight": weight})
    briefs.cite_cards(challenge, actor=lead, field="problem", cards=list(Card.objects.filter(votes__gte=6)[:2]))


CRITERIA = (
    ({"en-gb": "Fit to the challenge", "de": "Passung zur Herausforderung", "mk": "Одговара на предизвикот",
      "sq": "Përputhja me sfidën", "he": "התאמה לאתגר"}, 40),
    ({"en-gb": "Cost over five years", "de": "Kosten über fünf Jahre", "mk": "Трошоци за пет години",
      "sq": "Kostoja për pesë vjet", "he": "עלות לחמש שנים"}, 25),
    ({"en-gb": "Team and experience", "de": "Team und Erfahrung", "mk": "Тим и искуство",
      "sq": "Ekipi dhe përvoja", "he": "צוות וניסיון"}, 20),
    ({"en-gb": "Risks and privacy", "de": "Risiken und Datenschutz", "mk": "Ризици и приватност",
      "sq": "Rreziqet dhe privatësia", "he": "סיכונים ופרטיות"}, 15),
)  # fmt: skip


def write(way: Way, section: Section, language: str, values: dict[str, Any]) -> None:
    """Write fields of a section; its others stay as they are."""
    challenge = way.challenge
    present = section_values(challenge.brief, challenge.brief.texts.filter(language=language).first(), section)
    briefs.save_section(
        challenge, actor=way.lead, section=section, language=language, values={**present, **values},
        seen=briefs.mark_of(present), first_language=way.municipality.languages[0],
    )  # fmt: skip


def approve_brief(way: Way) -> None:
    """Hand the brief in, and let somebody else approve it."""
    brief = approvals.submit(way.challenge, actor=way.lead)
    approvals.approve(way.challenge, actor=way.acts(Role.APPROVER), seen=brief.version)


def move_on(way: Way) -> None:
    """Take the challenge through the gate of its stage."""
    challenge = way.challenge
    moves.move_on(challenge, actor=way.lead, seen=Stage(challenge.stage))


def begin_validation(way: Way) -> None:
    """Name groups, directions, assumptions and the first bottleneck."""
    lead, challenge, parts = way.lead, way.challenge, way.script.parts
    for number, group in enumerate(parts["groups"]):
        values = {**group, "interest": 5, "influence": 3 - number}
        records.save_record(StakeholderGroup(challenge=challenge), actor=lead, values=values)
    for direction in parts["directions"]:
        records.save_record(Direction(challenge=challenge), actor=lead, values=direction)
    for text, how, evidence, verdict in parts["assumptions"]:
        values = {"text": text, "tested_how": how, "evidence": evidence, "verdict": verdict}
        records.save_record(Assumption(challenge=challenge), actor=lead, values=values)
    values = {"step": "From the complaint to somebody who knows", "who": "Front office", "waiting_days": Decimal("4.5")}
    records.save_record(Bottleneck(challenge=challenge), actor=lead, values=values)


def talk(way: Way) -> None:
    """Hear as many of each group as wanted, but for the last one: half of them."""
    groups = list(way.challenge.groups.order_by("pk"))
    for group in groups:
        people = group.target if group != groups[-1] or len(groups) == 1 else (group.target + 1) // 2
        wanted = {
            direction: (people - people // 4, people // 4, 0) if not number else (people // 4, 0, people - people // 4)
            for number, direction in enumerate(way.challenge.directions.order_by("pk"))
        }
        values = {
            "group": group, "kind": EngagementKind.INTERVIEW, "held_on": clock.now().date(), "people": people,
            "notes": "", "consent": False, "opinions": wanted,
        }  # fmt: skip
        records.save_record(Engagement(challenge=way.challenge), actor=way.lead, values=values)


def open_survey(way: Way) -> None:
    """Ask residents, in all languages in which groups and directions have a name."""
    lead, texts, languages = way.lead, survey_texts(), way.survey_languages
    chosen = {part: {language: texts[part][language] for language in languages} for part in texts}
    values = {
        "names": chosen["names"], "introductions": chosen["introductions"], "languages": languages,
        "closes_at": at_nine(21),
    }  # fmt: skip
    survey = surveys.save_survey(Survey(challenge=way.challenge), actor=lead, values=values)
    asked: list[tuple[QuestionKind, Direction | None, str]] = [
        (QuestionKind.SCALE, None, "scale"),
        *((QuestionKind.DIRECTION, direction, "attitude") for direction in way.challenge.directions.order_by("pk")),
        (QuestionKind.TEXT, None, "text"),
    ]
    for kind, direction, part in asked:
        question: dict[str, Any] = {
            "kind": kind,
            "texts": chosen[part],
            "options": [],
            "direction": direction,
            "required": False,
        }
        questions.save_question(Question(survey=survey), actor=lead, values=question)
    surveys.open_survey(survey, actor=lead, municipality=way.municipality)


def answer_survey(way: Way) -> None:
    """Let residents of the last group answer, as many as are still wanted and some more; the first direction wins."""
    survey = way.challenge.surveys.get()
    group = way.challenge.groups.latest("pk")
    number_of_directions = way.challenge.directions.count()
    for number in range(group.target // 2 + 6):
        answers: dict[str, Any] = {"1": str(2 + number % 4)}
        for place in range(number_of_directions):
            liked = number % 5 if not place else 4 - number % 5
            answers[str(place + 2)] = (Attitude.WANT if liked < 4 else Attitude.REJECT).value
        responses.answer(
            survey, language=survey.languages[number % len(survey.languages)], nonce=f"{MARK}-{number}",
            answers=answers, group=group,
        )  # fmt: skip


def end_validation(way: Way) -> None:
    """Close the survey, write what was found and why the brief changes, and give the verdict."""
    lead, challenge, parts = way.lead, way.challenge, way.script.parts
    surveys.close_survey(challenge.surveys.get(), actor=lead)
    values = {"text": parts["finding"], "assumption": challenge.assumptions.earliest("pk"), "engagement": None,
              "survey": None}  # fmt: skip
    finding = records.save_record(Finding(challenge=challenge), actor=lead, values=values)
    field, text = parts["change"]
    if text is not None:
        approvals.reopen(challenge, actor=lead)
        section = next(section for section in Section if field in section.texts)
        write(way, section, way.languages[0], {field: text})
        verdicts.explain_change(challenge, actor=lead, field=field, findings=[finding])  # type: ignore[list-item]
        approve_brief(way)
    verdicts.give_verdict(
        challenge, actor=lead, verdict=ChallengeVerdict.REFRAMED if text else ChallengeVerdict.VALIDATED,
        rationale=parts["rationale"],
    )  # fmt: skip
