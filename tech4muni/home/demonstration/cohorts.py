"""The programs of the demonstration: one of the past, one at its end, one in its middle, and two elsewhere."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from django.db import transaction

from programs.cohorts import services
from programs.cohorts.models import Brand, JointChallenge, Program
from programs.cohorts.queries import program_of
from programs.enums import Stage
from programs.models import Municipality
from tech4muni.core import clock
from tech4muni.home.demonstration import applying, defining, judging, meeting, piloting
from tech4muni.home.demonstration.cast import MARK
from tech4muni.home.demonstration.scripts import scripts
from tech4muni.home.demonstration.ways import Gathering, Moment, Way, coordinator, play, steps
from tech4muni.home.past.reading import editions
from tech4muni.home.past.services import import_edition

Say = Callable[[str], object]
PAST: Final = "tech4muni-mk-2019"
KEY: Final = "demonstration"
WINDOWS: Final = {
    "late": (-300, -260, -215, -150, -118, -75, 40),
    "middle": (-75, -40, 12, 45, 60, 95, 190),
    "ruhr": (-150, -120, -85, -35, 30, 65, 160),
    "haifa": (-60, -20, 25, 70, 90, 120, 210),
}
"""Days, counted from today, on which the stages of a program follow one another."""


def load(say: Say) -> None:
    """Make what is missing of the programs and their challenges; `say` is told of each program."""
    import_edition(editions()[PAST], say)
    if Program.objects.filter(import_key__startswith=KEY).exists():
        return
    with transaction.atomic():  # all of it or nothing: what is cut off begins anew
        play([*_late(say), *_middle(say), *_ruhr(say), *_haifa(say)])


def _late(say: Say) -> list[Moment]:
    """A program whose pilots run: one challenge is through, one in its pilot, one still in selection."""
    strumica, veles = _places("strumica", "veles")
    found = scripts()
    bins = Way(found["bins"], strumica, firms=("binsight", "korpa", "fullstop", "tonneau"), decides_after=225)
    leaks = Way(found["leaks"], veles, firms=("hydrofon", "dropnote", "korpa"), decides_after=225)
    counters = Way(found["counters"], strumica, firms=("papira", "redica", "qwait", "tonneau"), decides_after=300)
    ways = (bins, leaks, counters)
    days = Gathering(_key("late"), _named(f"Matchmaking days in Strumica ({MARK})"), "Cultural centre")
    names = _named(f"Tech4Muni North Macedonia 2026 ({MARK})")
    moments = [_program(say, "late", "Tech4Muni", names, strumica, veles)]
    for shift, way in enumerate(ways):
        moments += _to_the_event(way, -295 + shift, validated=-225 + shift, published=-210 + shift, closed=-160 + shift)
        moments += steps(way, (-119 + shift / 10, defining.move_on), (-110 + shift, judging.name_panel))
    moments += _event(days, (-140, meeting.prepare), (-136, meeting.choose_all), (-129, meeting.plan_and_publish),
                      (-124, meeting.meet))  # fmt: skip
    moments += steps(counters, (-20, judging.score_first))
    for shift, way in enumerate((bins, leaks)):
        moments += steps(
            way, (-100 + shift, judging.score_all), (-95 + shift, judging.decide), (-80 + shift, defining.move_on)
        )
    moments += steps(
        bins, (-60, piloting.begin), (-54, piloting.deliver(0)), (-47, piloting.deliver(1)), (-40, piloting.read(0.1)),
        (-33, piloting.file_table), (-26, piloting.read(0.45)), (-12, piloting.read(0.8)), (-3, piloting.read(1.1)),
    )  # fmt: skip
    moments += steps(
        leaks, (-79, piloting.begin), (-73, piloting.deliver(0)), (-66, piloting.deliver(1)), (-50, piloting.read(0.6)),
        (-38, piloting.deliver(2)), (-30, piloting.read(1.1)), (-8, piloting.deliver(3)), (-7, piloting.read(1.2)),
        (-4, piloting.decide),
    )  # fmt: skip
    return moments


def _middle(say: Say) -> list[Moment]:
    """A program in its middle: a joint call that is open, a survey that is open, and a challenge that is late."""
    strumica, gostivar, veles = _places("strumica", "gostivar", "veles")
    name = f"Tech4Muni North Macedonia 2027 ({MARK})"
    found = scripts()
    air = Way(found["air"], strumica, is_joint=True, firms=("lufta", "cisto", "aerwert"), decides_after=150)
    air_too = Way(found["air"], gostivar, is_joint=True, decides_after=150)
    parking, irrigation = Way(found["parking"], strumica), Way(found["irrigation"], strumica)
    return [
        _program(say, "middle", "Tech4Muni", _named(name), strumica, gostivar, veles),
        (-75.5, None, partial(_join_forces, air)),
        *_validated(air, -74, validated=-20), *_validated(air_too, -73, validated=-21),
        *steps(air, (-15, applying.publish), (-10, applying.ask_and_answer), (-5, applying.apply_all),
               (-2, applying.draft_one("binsight")), (-1, applying.ask)),
        *steps(air_too, (-14, applying.join_call)),
        *steps(parking, (-70, defining.hold_workshop), (-66, defining.choose_candidate), (-50, defining.write_brief),
               (-44, defining.approve_brief), (-39, defining.move_on), (-36, defining.begin_validation),
               (-20, defining.talk), (-9, defining.open_survey), (-2, defining.answer_survey)),
        *steps(irrigation, (-64, defining.hold_workshop), (-60, defining.choose_candidate),
               (-58, defining.begin_brief)),
    ]  # fmt: skip


def _ruhr(say: Say) -> list[Moment]:
    """A program under another brand and in another language: companies and the city choose whom to meet."""
    [gelsenkirchen] = _places("gelsenkirchen")
    names = {"de": f"CityTech Ruhr 2027 ({MARK})", "en-gb": f"CityTech Ruhr 2027 ({MARK})"}
    heat = Way(scripts()["heat"], gelsenkirchen, firms=("hallo", "kuehlwege", "sensora"), decides_after=190)
    event_names = {"de": f"Matchmaking-Tage ({MARK})", "en-gb": f"Matchmaking days ({MARK})"}
    days = Gathering(_key("ruhr"), event_names, "Wissenschaftspark")
    return [
        _program(say, "ruhr", "CityTech", names, gelsenkirchen),
        *_to_the_event(heat, -148, validated=-90, published=-84, closed=-38),
        *_event(days, (-5, meeting.prepare), (-2, meeting.choose_some)),
    ]


def _haifa(say: Say) -> list[Moment]:
    """A program in a language that is written from right to left: a survey is open."""
    [haifa] = _places("haifa")
    names = {"he": f"Tech4Muni ישראל 2027 ({MARK})", "en-gb": f"Tech4Muni Israel 2027 ({MARK})"}
    stairs = Way(scripts()["stairs"], haifa, decides_after=170)
    return [
        _program(say, "haifa", "Tech4Muni", names, haifa),
        *steps(stairs, (-58, defining.hold_workshop), (-55, defining.choose_candidate), (-40, defining.write_brief),
               (-33, defining.approve_brief), (-19, defining.move_on), (-17, defining.begin_validation),
               (-10, defining.talk), (-8, defining.open_survey), (-1, defining.answer_survey)),
    ]  # fmt: skip


def _validated(way: Way, begun: float, *, validated: float) -> list[Moment]:
    """The first two stages of a challenge."""
    return steps(
        way, (begun, defining.hold_workshop), (begun + 3, defining.choose_candidate),
        (begun + 14, defining.write_brief), (begun + 20, defining.approve_brief), (begun + 22, defining.move_on),
        (begun + 24, defining.begin_validation), (begun + 30, defining.talk), (begun + 32, defining.open_survey),
        (begun + 40, defining.answer_survey), (validated - 2, defining.end_validation), (validated, defining.move_on),
    )  # fmt: skip


def _to_the_event(way: Way, begun: float, *, validated: float, published: float, closed: float) -> list[Moment]:
    """The first three stages of a challenge; companies apply a week before its call closes."""
    return [
        *_validated(way, begun, validated=validated),
        *steps(way, (published, applying.publish), (published + 8, applying.ask_and_answer),
               (published + 35, applying.apply_all), (closed, applying.screen), (closed + 8, applying.invite),
               (closed + 9, defining.move_on)),
    ]  # fmt: skip


def _event(gathering: Gathering, *moments: tuple[float, Callable[[Gathering], object]]) -> list[Moment]:
    return [(day, None, partial(do, gathering)) for day, do in moments]


def _program(say: Say, key: str, brand: str, names: dict[str, str], *municipalities: Municipality) -> Moment:
    """Return the moment in which a program is made, with its windows and the municipalities that take part."""
    today, days = clock.now(), WINDOWS[key]

    def make() -> None:
        actor, first = coordinator().user, municipalities[0]
        known = Brand.objects.filter(name=brand).first()
        wearing = known or services.save_brand(Brand(), actor=actor, changes={"name": brand, "sender_name": brand})
        changes = {
            "names": names, "brand": wearing, "country": first.country, "languages": first.languages,
            "time_zone": first.time_zone, "partner": f"Association of municipalities ({MARK})",
        }  # fmt: skip
        program = services.save_program(Program(import_key=_key(key)), actor=actor, changes=changes)
        for stage, opens, closes in zip(Stage, days, days[1:], strict=False):
            opens_at, closes_at = today + timedelta(days=opens), today + timedelta(days=closes)
            services.set_window(program, stage, actor=actor, opens_at=opens_at, closes_at=closes_at)
        for municipality in municipalities:
            services.join(program, municipality, actor=actor, coordinator=actor)
        say(f"Program {program}")

    return days[0] - 1, None, make


def _join_forces(way: Way) -> None:
    """Make the joint challenge that a municipality leads."""
    names = {language: text["title"] for language, text in way.script.texts.items()}
    changes = {"names": names, "program": program_of(way.municipality), "lead": way.municipality}
    services.save_joint(JointChallenge(), actor=coordinator().user, changes=changes)


def _key(program: str) -> str:
    return f"{KEY}:{program}"


def _named(name: str) -> dict[str, str]:
    return {"en-gb": name}


def _places(*schemas: str) -> Sequence[Municipality]:
    rows = Municipality.objects.in_bulk(schemas, field_name="schema_name")
    return [rows[schema] for schema in schemas]
