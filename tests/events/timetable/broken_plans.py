"""Plans that break one rule and keep all others, by what is wrong."""

from collections.abc import Iterator
from typing import Any, Final

from events.timetable.check import Rule
from tests.events.timetable.builders import delegate, party, placed, request, table
from tests.events.timetable.plans import Document, edited, move, no_plan, plan, problem, reason
from tests.events.timetable.right_plans import LOCKED_APART, LOCKED_TWICE, ONE_GAP, RIGHT

Case = tuple[Rule, Document, Document]


def case(rule: Rule, document: Document, held: str, **rest: Any) -> Case:
    """Return a plan that breaks a rule."""
    return rule, document, plan(document, held, **rest)


def spoilt(rule: Rule, name: str, path: str, value: Any) -> Case:
    """Return a right plan with one thing changed so that it breaks a rule."""
    document, answer = RIGHT[name]
    return rule, document, edited(answer, path, value)


def untrue(rule: Rule, document: Document, held: str, why: Document, **rest: Any) -> Case:
    """Return a plan whose only reason is not true."""
    return case(rule, document, held, not_held=[why], **rest)


NAMES: Final[dict[str, Case]] = {
    "unknown request": spoilt(Rule.UNKNOWN_ID, "locked", "meetings.0.request", "zz"),
    "unknown slot": spoilt(Rule.UNKNOWN_ID, "locked", "meetings.0.slot", "s9"),
    "unknown table": spoilt(Rule.UNKNOWN_ID, "locked", "meetings.0.table", "t9"),
    "held twice": case(Rule.HELD_TWICE, problem("ab", slots=2), "ab s0 t0, ab s1 t0"),
    "other parties": spoilt(Rule.PARTIES_DIFFER, "locked", "meetings.0.parties", ["a", "b"]),
    "parties turned": spoilt(Rule.PARTIES_DIFFER, "locked", "meetings.0.parties", ["c", "a"]),
    "not by slot": case(Rule.MEETINGS_ORDER, problem("ab", "cd"), "cd s1 t0, ab s0 t0"),
    "not by table": case(Rule.MEETINGS_ORDER, problem("ab", "cd"), "cd s0 t1, ab s0 t0"),
}
PLACES: Final[dict[str, Case]] = {
    "beyond the block": case(Rule.BEYOND_BLOCK, problem(request("ab", duration=2), slots=4, blocks=2), "ab s1 t0"),
    "beyond the last slot": case(Rule.BEYOND_BLOCK, problem(request("ab", duration=2), slots=2), "ab s1 t0"),
    "party not yet there": case(Rule.PARTY_AWAY, problem("ab", parties=[party("a", available=["s1"])]), "ab s0 t0"),
    "party's forbidden slot": case(Rule.PARTY_AWAY, problem("ab", parties=[party("b", forbidden=["s0"])]), "ab s0 t0"),
    "party gone before the end": case(
        Rule.PARTY_AWAY, problem(request("ab", duration=2), parties=[party("b", forbidden=["s1"])]), "ab s0 t0"
    ),
    "delegate of all meetings away": case(
        Rule.DELEGATE_AWAY,
        problem("ab", parties=[party("b", delegates=[delegate("m", available=["s1"])])]),
        "ab s0 t0",
    ),
    "named delegate away": case(
        Rule.DELEGATE_AWAY,
        problem(
            request("ab", delegates=["m"]),
            parties=[party("b", delegates=[delegate("m", available=["s1"], always=False)])],
        ),
        "ab s0 t0",
    ),
    "request not available": case(Rule.REQUEST_UNAVAILABLE, problem(request("ab", available=["s1"])), "ab s0 t0"),
    "request forbidden": case(Rule.REQUEST_UNAVAILABLE, problem(request("ab", forbidden=["s0"])), "ab s0 t0"),
    "not where it is fixed": case(Rule.NOT_AT_FIXED, problem(request("ab", fixed="s1")), "ab s0 t0"),
    "locked in another slot": case(Rule.LOCKED_ELSEWHERE, problem("ab", locked=[placed("ab", 1)]), "ab s0 t0"),
    "locked at another table": case(Rule.LOCKED_ELSEWHERE, problem("ab", locked=[placed("ab", 0, 1)]), "ab s0 t0"),
    "another's table": case(Rule.TABLE_NOT_ALLOWED, problem("ab", parties=[party("c", table="t0")]), "ab s0 t0"),
    "not at its own table": case(Rule.TABLE_NOT_ALLOWED, problem("ab", parties=[party("b", table="t0")]), "ab s0 t1"),
    "at the second party's own table": case(
        Rule.TABLE_NOT_ALLOWED, problem("ab", parties=[party("a", table="t1"), party("b", table="t0")]), "ab s0 t0"
    ),
    "table away": case(Rule.TABLE_AWAY, problem("ab", tables=[table(0, available=["s1"])]), "ab s0 t0"),
    "table away before the end": case(
        Rule.TABLE_AWAY,
        problem(request("ab", duration=2), tables=[table(0, available=["s0"]), table(1)]),
        "ab s0 t0",
    ),
}
TOGETHER: Final[dict[str, Case]] = {
    "two at a table": case(Rule.TABLE_TAKEN_TWICE, problem("ab", "cd"), "ab s0 t0, cd s0 t0"),
    "a long one at the table": case(
        Rule.TABLE_TAKEN_TWICE, problem(request("ab", duration=2), "cd"), "ab s0 t0, cd s1 t0"
    ),
    "party in two meetings": case(Rule.PARTY_TAKEN_TWICE, problem("ab", "ac"), "ab s0 t0, ac s0 t1"),
    "party still in a long one": case(
        Rule.PARTY_TAKEN_TWICE, problem(request("ab", duration=2), "ac"), "ab s0 t0, ac s1 t1"
    ),
    "too many meetings": case(Rule.MAXIMUM, problem("ab", "ac", parties=[party("a", maximum=1)]), "ab s0 t0, ac s1 t0"),
    "too many on a day": case(
        Rule.MAXIMUM_PER_DAY,
        problem("ab", "ac", slots=4, blocks=2, parties=[party("a", maximum_per_day=1)]),
        "ab s0 t0, ac s2 t0",
    ),
    "no pause": case(Rule.LONGEST_RUN, problem("ab", "ac", parties=[party("a", longest_run=1)]), "ab s0 t0, ac s1 t0"),
    "no pause from a long one": case(
        Rule.LONGEST_RUN,
        problem(request("ab", duration=2), "ac", parties=[party("a", longest_run=2)]),
        "ab s0 t0, ac s2 t0",
    ),
    "second first": case(Rule.PRECEDENCE, problem("ab", "cd", precedences=[["cd", "ab"]]), "ab s0 t0, cd s1 t0"),
    "second too early": case(
        Rule.PRECEDENCE, problem(request("ab", duration=2), "cd", precedences=[["ab", "cd"]]), "ab s0 t0, cd s1 t1"
    ),
    "locked and dropped": case(
        Rule.LOCKED_NOT_HELD,
        problem("ab", locked=[placed("ab", 0)]),
        "",
        not_held=[reason("ab", "stopped_early")],
        bounds={"value": 1},
    ),
    "required and dropped": case(
        Rule.REQUIRED_NOT_HELD,
        problem(request("ab", required=True)),
        "",
        not_held=[reason("ab", "stopped_early")],
        bounds={"value": 1},
    ),
    "gaps too uneven": case(
        Rule.GAP_SPREAD_LIMIT,
        problem("ab", "ac", slots=3, gap_spread_limit=0),
        "ab s0 t0, ac s2 t0",
        gaps={"a": ["s1"]},
        **ONE_GAP,
    ),
}
MOVED: Final = "published, moved and dropped"
ACCOUNT: Final[dict[str, Case]] = {
    "no parties": spoilt(Rule.PARTIES_LIST, "locked", "parties", []),
    "parties in another order": spoilt(Rule.PARTIES_LIST, "locked", "parties", RIGHT["locked"][1]["parties"][::-1]),
    "unknown party": spoilt(Rule.PARTIES_LIST, "locked", "parties.0.party", "zz"),
    "wrong count of a party": spoilt(Rule.PARTY_MEETINGS, "locked", "parties.0.meetings", 1),
    "wrong lack of a party": spoilt(Rule.PARTY_BELOW_MINIMUM, "below the minimum", "parties.0.below_minimum", 1),
    "gap left out": spoilt(Rule.PARTY_GAPS, "two gaps", "parties.0.gaps", [["s1", "s2"]]),
    "gap with a slot too few": spoilt(Rule.PARTY_GAPS, "two gaps", "parties.0.gaps.0", ["s1"]),
    "gap where the party is away": spoilt(
        Rule.PARTY_GAPS, "gap where the party is away for a while", "parties.0.gaps", [["s1", "s2"]]
    ),
    "gap from block to block": spoilt(Rule.PARTY_GAPS, "no gap from block to block", "parties.0.gaps", [["s3"]]),
    "gap with an unknown slot": spoilt(Rule.PARTY_GAPS, "two gaps", "parties.0.gaps.0", ["s9"]),
    "move left out": spoilt(Rule.MOVES, MOVED, "moves", RIGHT[MOVED][1]["moves"][1:]),
    "move named twice": spoilt(Rule.MOVES, MOVED, "moves", [*RIGHT[MOVED][1]["moves"], RIGHT[MOVED][1]["moves"][0]]),
    "move of what stays": spoilt(Rule.MOVES, MOVED, "moves", [*RIGHT[MOVED][1]["moves"], move("ae", "s3", "s3 t0")]),
    "move of an unknown request": spoilt(Rule.MOVES, MOVED, "moves.0.request", "zz"),
    "move from elsewhere": spoilt(Rule.MOVES, MOVED, "moves.0.from.slot", "s4"),
    "move to elsewhere": spoilt(Rule.MOVES, MOVED, "moves.1.to.table", "t1"),
    "move of what is dropped": spoilt(Rule.MOVES, MOVED, "moves.2.to", {"slot": "s4", "table": "t0"}),
}
TWO: Final = problem("ab", "ac", slots=2)
REASONS: Final[dict[str, Case]] = {
    "reason left out": spoilt(Rule.NOT_HELD_LIST, "side full", "not_held", []),
    "two reasons": spoilt(Rule.NOT_HELD_LIST, "side full", "not_held", RIGHT["side full"][1]["not_held"] * 2),
    "reason for what is held": spoilt(Rule.NOT_HELD_LIST, "locked", "not_held", [reason("ab", "never_together")]),
    "reason for an unknown request": spoilt(Rule.NOT_HELD_LIST, "locked", "not_held", [reason("zz", "never_together")]),
    "reasons in another order": case(
        Rule.NOT_HELD_LIST,
        problem(request("ab", available=[]), request("cd", available=[])),
        "",
        not_held=[reason("cd", "never_together"), reason("ab", "never_together")],
    ),
    "side full without a party": spoilt(Rule.REASON_FIELDS, "side full", "not_held.0", reason("ac", "side_full")),
    "never together with a slot": spoilt(
        Rule.REASON_FIELDS, "never as long", "not_held.0", reason("ab", "never_together", slot="s0")
    ),
    "meeting named twice": spoilt(Rule.REASON_FIELDS, "worth less", "not_held.0.meetings", ["ab", "ab"]),
    "could be together": untrue(Rule.NEVER_TOGETHER, problem("ab"), "", reason("ab", "never_together")),
    "what is locked leaves a place": untrue(
        Rule.LOCKED,
        problem("ab", "ac", slots=2, locked=[placed("ab", 0)]),
        "ab s0 t0",
        reason("ac", "locked", meetings="ab"),
    ),
    "some of what is locked leaves a place": spoilt(
        Rule.LOCKED, "locked meetings take the tables", "not_held.0.meetings", ["ab"]
    ),
    "not locked": untrue(Rule.LOCKED, problem("ab", "ac", slots=1), "ab s0 t0", reason("ac", "locked", meetings="ab")),
    "published and released": untrue(
        Rule.LOCKED,
        problem("ab", "ac", slots=1, published=[placed("ab", 0)], released=["ab"]),
        "ab s0 t0",
        reason("ac", "locked", meetings="ab"),
    ),
    "published and moved": untrue(
        Rule.LOCKED,
        problem(request("ab", available=["s1"]), request("ac", available=["s1"]), published=[placed("ab", 0)]),
        "ab s1 t0",
        reason("ac", "locked", meetings="ab"),
        moves=[move("ab", "s0", "s1 t0")],
        moves_=1,
        disturbed=1,
    ),
    "locked, but never together": untrue(
        Rule.LOCKED,
        problem("ab", request("ac", available=[]), slots=1, locked=[placed("ab", 0)]),
        "ab s0 t0",
        reason("ac", "locked", meetings="ab"),
    ),
    "locked, but unknown": spoilt(Rule.LOCKED, "locked meeting in the way", "not_held.0.meetings", ["zz"]),
    "side not full": untrue(
        Rule.SIDE_FULL,
        problem("ab", "ac", parties=[party("a", maximum=2)]),
        "ab s0 t0",
        reason("ac", "side_full", party="a"),
    ),
    "side without a maximum": untrue(Rule.SIDE_FULL, TWO, "ab s0 t0", reason("ac", "side_full", party="a")),
    "side not full on each day": untrue(
        Rule.SIDE_FULL,
        problem("ab", "ac", slots=4, blocks=2, days=2, parties=[party("a", maximum_per_day=1)]),
        "ab s0 t0",
        reason("ac", "side_full", party="a"),
    ),
    "side of another request": untrue(
        Rule.SIDE_FULL,
        problem("ab", "cd", parties=[party("a", maximum=1)]),
        "ab s0 t0",
        reason("cd", "side_full", party="a"),
    ),
    "side unknown": spoilt(Rule.SIDE_FULL, "side full", "not_held.0.party", "zz"),
    "a table is free": untrue(
        Rule.TABLES, problem("ab", "cd", slots=1), "ab s0 t0", reason("cd", "tables", slots="s0")
    ),
    "both free in another slot": untrue(
        Rule.TABLES, problem("ab", "cd", slots=2, tables=1), "ab s0 t0", reason("cd", "tables", slots="s0")
    ),
    "tables taken, but a side is busy": untrue(
        Rule.TABLES, problem("ab", "ac", slots=1, tables=1), "ab s0 t0", reason("ac", "tables", slots="s0")
    ),
    "slots unknown": spoilt(Rule.TABLES, "tables taken", "not_held.0.slots", ["s9"]),
    "worth more": untrue(
        Rule.WORTH_LESS,
        problem("ab", request("ac", value=2), slots=1),
        "ab s0 t0",
        reason("ac", "worth_less", slot="s0", meetings="ab"),
    ),
    "worth as much, with a shorter wait": untrue(
        Rule.WORTH_LESS,
        problem("ab", "ac", "ad", slots=4, parties=[party("a", maximum=2)]),
        "ab s0 t0, ac s3 t0",
        reason("ad", "worth_less", slot="s2", meetings="ac"),
        gaps={"a": ["s1 s2"]},
        waiting=2,
        longest_wait=2,
        spread=1,
    ),
    "worth as much, with fewer below the minimum": untrue(
        Rule.WORTH_LESS,
        problem("ab", "ac", slots=1, parties=[party("c", minimum=1)]),
        "ab s0 t0",
        reason("ac", "worth_less", slot="s0", meetings="ab"),
        below={"c": 1},
        below_minimum=1,
    ),
    "worth as much, and published": untrue(
        Rule.WORTH_LESS,
        problem("ab", "ac", slots=1, published=[placed("ac", 0)]),
        "ab s0 t0",
        reason("ac", "worth_less", slot="s0", meetings="ab"),
        moves=[move("ac", "s0", None)],
        moves_=1,
        disturbed=1,
    ),
    "nothing in the way": untrue(Rule.WORTH_LESS, TWO, "ab s0 t0", reason("ac", "worth_less", slot="s1")),
    "in place of too few": spoilt(Rule.WORTH_LESS, "worth less than two", "not_held.0.meetings", ["ab"]),
    "in place of more than needed": untrue(
        Rule.WORTH_LESS,
        problem("ab", "ac", "de", slots=1),
        "ab s0 t0, de s0 t1",
        reason("ac", "worth_less", slot="s0", meetings="ab de"),
    ),
    "in place of a locked meeting": spoilt(
        Rule.WORTH_LESS,
        "locked meeting in the way",
        "not_held.0",
        reason("ac", "worth_less", slot="s0", meetings="ab"),
    ),
    "in place of what is not held": spoilt(Rule.WORTH_LESS, "worth less", "not_held.0.meetings", ["ac"]),
    "in place of what is unknown": spoilt(Rule.WORTH_LESS, "worth less", "not_held.0.meetings", ["zz"]),
    "where it could not begin": untrue(
        Rule.WORTH_LESS,
        problem("ab", request("ac", available=["s1"]), slots=2),
        "ab s0 t0",
        reason("ac", "worth_less", slot="s0", meetings="ab"),
    ),
    "where no slot is": spoilt(Rule.WORTH_LESS, "worth less", "not_held.0.slot", "s9"),
    "stopped early, but proven": untrue(Rule.STOPPED_EARLY, TWO, "ab s0 t0", reason("ac", "stopped_early")),
}
CERTIFICATE: Final[dict[str, Case]] = {
    "goal left out": spoilt(
        Rule.GOALS_DIFFER, "locked", "certificate.goals", RIGHT["locked"][1]["certificate"]["goals"][1:]
    ),
    "goals in another order": spoilt(
        Rule.GOALS_DIFFER, "locked", "certificate.goals", RIGHT["locked"][1]["certificate"]["goals"][::-1]
    ),
    "value of a goal": spoilt(
        Rule.GOAL_VALUE,
        "few goals",
        "certificate.goals.1",
        {"goal": "value", "value": 2, "bound": 2, "status": "optimal", "seconds": 0},
    ),
    "not optimal": spoilt(Rule.GOAL_STATUS, "bounds that are not reached", "certificate.goals.3.status", "optimal"),
    "optimal": spoilt(Rule.GOAL_STATUS, "few goals", "certificate.goals.0.status", "feasible"),
    "optimal without a bound": spoilt(
        Rule.GOAL_STATUS, "stopped before any bound", "certificate.goals.2.status", "optimal"
    ),
    "more than the bound": case(Rule.BOUND_CROSSED, problem("ab"), "ab s0 t0", bounds={"value": 0}),
    "fewer than the bound": case(Rule.BOUND_CROSSED, problem("ab"), "ab s0 t0", bounds={"gaps": 1}),
    "figure": spoilt(Rule.FIGURES, "locked", "certificate.figures.waiting", 1),
    "of another problem": spoilt(Rule.DIGEST, "locked", "certificate.digest", f"sha256:{'0' * 64}"),
}


def without_a_plan() -> Iterator[tuple[str, Case]]:
    """Yield answers without a plan that are not right."""
    document, answer = RIGHT["locked"]
    for name in ("meetings", "parties"):
        yield f"unknown, with {name}", spoilt(Rule.NOT_EMPTY, "unknown", name, answer[name])
    yield "unknown, with reasons", spoilt(Rule.NOT_EMPTY, "unknown", "not_held", [reason("ab", "stopped_early")])
    yield "unknown, with moves", spoilt(Rule.NOT_EMPTY, "unknown", "moves", [move("ab", "s0", None)])
    goals = answer["certificate"]["goals"]
    yield "infeasible, with goals", spoilt(Rule.NOT_EMPTY, "infeasible", "certificate.goals", goals)
    yield "infeasible, with a figure", spoilt(Rule.FIGURES, "infeasible", "certificate.figures.value", 1)
    locked = [{"kind": "locked", "request": "ab"}]
    yield "solved, with a conflict", spoilt(Rule.CONFLICT_WITHOUT_NEED, "locked", "conflict", locked)
    yield "unknown, with a conflict", spoilt(Rule.CONFLICT_WITHOUT_NEED, "unknown", "conflict", locked)
    yield "solved, minimal", spoilt(Rule.CONFLICT_WITHOUT_NEED, "locked", "certificate.minimal", value=True)
    yield "no conflict", (Rule.CONFLICT_MISSING, LOCKED_TWICE, no_plan(LOCKED_TWICE, "infeasible"))
    limit = {"kind": "gap_spread_limit"}
    yield "nothing to hold", (Rule.CONFLICT_MISSING, LOCKED_APART, no_plan(LOCKED_APART, "infeasible", limit))
    demands = {
        "not required": [{"kind": "required", "request": "ac"}],
        "unknown": [{"kind": "locked", "request": "zz"}],
        "unnamed": [{"kind": "locked"}],
        "no limit": [*locked, limit],
        "twice": locked * 2,
    }
    for name, conflict in demands.items():
        answer = no_plan(LOCKED_TWICE, "infeasible", *conflict)
        yield f"conflict: {name}", (Rule.CONFLICT_DEMANDS, LOCKED_TWICE, answer)
    answer = no_plan(LOCKED_APART, "infeasible", *locked, limit | {"request": "ab"})
    yield "conflict: limit of a request", (Rule.CONFLICT_DEMANDS, LOCKED_APART, answer)
    answer = no_plan(document, "infeasible", {"kind": "required", "request": "ab"})
    yield "conflict: locked, not required", (Rule.CONFLICT_DEMANDS, document, answer)
    untrue = {
        "of two": (LOCKED_TWICE, locked),
        "within the limit": (LOCKED_APART, [*locked, limit]),
        "without the limit": (LOCKED_APART, [*locked, {"kind": "locked", "request": "ac"}]),
    }
    for name, (problem_, conflict) in untrue.items():
        answer = no_plan(problem_, "infeasible", *conflict)
        yield f"conflict that is none: {name}", (Rule.CONFLICT_UNTRUE, problem_, answer)


BROKEN: Final[dict[str, Case]] = NAMES | PLACES | TOGETHER | ACCOUNT | REASONS | CERTIFICATE | dict(without_a_plan())
