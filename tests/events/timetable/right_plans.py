"""Small problems with plans that keep every rule, worked out by hand, by what they are about."""

from typing import Any, Final

from tests.events.timetable.builders import delegate, party, placed, request, table
from tests.events.timetable.plans import Document, move, no_plan, plan, problem, reason

Pair = tuple[Document, Document]
ONE_GAP: Final = {"waiting": 1, "longest_wait": 1, "spread": 1}
OPEN: Final = {"bounds": {"value": None}}


def pair(document: Document, held: str, **rest: Any) -> Pair:
    """Return a problem and a plan for it."""
    return document, plan(document, held, **rest)


LOCKED_AB: Final = problem("ab", "ac", slots=1, locked=[placed("ab", 0)])
LOCKED_TWICE: Final = problem("ab", "ac", slots=1, locked=[placed("ab", 0), placed("ac", 0)])
# a waits at s1 between two locked meetings; the others never wait.
LOCKED_APART: Final = problem(
    "ab", "ac", slots=3, locked=[placed("ab", 0), placed("ac", 2)], gap_spread_limit=0, parties=[party("a")]
)
PUBLISHED: Final = problem(
    "ab",
    "ac",
    "ad",
    "ae",
    "af",
    slots=5,
    tables=2,
    published=[placed("ab", 0, 0), placed("ac", 1, 1), placed("ad", 2, 0), placed("ae", 3), placed("af", 2, 0)],
    released=["ac"],
)
PUBLISHED_MOVES: Final = [move("ab", "s0 t0", "s0 t1"), move("ac", "s1 t1", "s2 t0"), move("ad", "s2 t0", None)]
FREE_MORNINGS: Final = problem(
    "ab", "ac", slots=4, blocks=2, days=2, parties=[party("a", maximum_per_day=1)], precedences=[["ab", "ac"]]
)

HELD: Final[dict[str, Pair]] = {
    "nothing to hold": pair(problem(parties=["a"]), ""),
    "long meetings": pair(problem(request("ab", duration=2), "ac", slots=3), "ab s0 t0, ac s2 t0"),
    "long meeting, one table": pair(problem(request("ab", duration=2), "cd", slots=3, tables=1), "ab s0 t0, cd s2 t0"),
    "long meeting ends with its block": pair(problem(request("ab", duration=2), slots=4, blocks=2), "ab s2 t0"),
    "delegates": pair(
        problem(
            "ab",
            request("ac", delegates=["n"]),
            parties=[
                party(
                    "a",
                    delegates=[delegate("m", available=["s1", "s2"]), delegate("n", available=["s2"], always=False)],
                )
            ],
        ),
        "ab s1 t0, ac s2 t0",
    ),
    "own tables": pair(
        problem("ab", "ec", "ae", "ed", tables=3, parties=[party("a", table="t0"), party("e", table="t2")]),
        "ab s0 t0, ec s0 t2, ae s1 t0, ed s2 t2",
    ),
    "two own one table": pair(
        problem("ab", "cd", tables=1, parties=[party("a", table="t0"), party("c", table="t0")]), "ab s0 t0, cd s1 t0"
    ),
    "table away": pair(problem("ab", "cd", tables=[table(0, available=["s1"]), table(1)]), "ab s0 t1, cd s1 t0"),
    "request's own slots": pair(
        problem(request("ab", available=["s1", "s2"], forbidden=["s1"]), request("ac", fixed="s3")),
        "ab s2 t0, ac s3 t0",
    ),
    "precedence": pair(problem("ab", "ac", precedences=[["ac", "ab"]]), "ac s0 t0, ab s1 t0"),
    "precedence of parties that do not meet": pair(
        problem(request("ab", duration=2), "cd", precedences=[["ab", "cd"]]), "ab s0 t0, cd s2 t0"
    ),
    "precedence with one that is not held": pair(
        problem("ab", request("cd", available=[]), precedences=[["cd", "ab"]]),
        "ab s0 t0",
        not_held=[reason("cd", "never_together")],
    ),
    "run with a pause": pair(
        problem("ab", "ac", "ad", slots=4, parties=[party("a", longest_run=2)]),
        "ab s0 t0, ac s1 t0, ad s3 t0",
        gaps={"a": ["s2"]},
        **ONE_GAP,
    ),
    "run ends with the block": pair(
        problem("ab", "ac", slots=2, blocks=2, parties=[party("a", longest_run=1)]), "ab s0 t0, ac s1 t0"
    ),
    "run in two blocks": pair(
        problem("ab", "ac", slots=4, blocks=2, parties=[party("a", longest_run=1)]), "ab s1 t0, ac s2 t0"
    ),
    "most a day": pair(FREE_MORNINGS, "ab s0 t0, ac s2 t0"),
    "most in all": pair(problem("ab", "ac", parties=[party("a", maximum=2)]), "ab s0 t0, ac s1 t0"),
    "below the minimum": pair(
        problem("ab", parties=[party("a", minimum=3), party("b", minimum=1)]),
        "ab s0 t0",
        below={"a": 2},
        below_minimum=1,
    ),
    "locked": pair(problem("ab", "ac", slots=2, locked=[placed("ab", 1, 1), placed("ac", 0)]), "ac s0 t0, ab s1 t1"),
    "required": pair(problem(request("ab", required=True, value=0)), "ab s0 t0"),
}
GAPS: Final[dict[str, Pair]] = {
    "gap where the party is away for a while": pair(
        problem("ab", "ac", slots=4, parties=[party("a", forbidden=["s1"])]),
        "ab s0 t0, ac s3 t0",
        gaps={"a": ["s2"]},
        **ONE_GAP,
    ),
    "no gap where the party is away": pair(
        problem("ab", "ac", slots=4, parties=[party("a", available=["s0", "s3"])]), "ab s0 t0, ac s3 t0"
    ),
    "delegates do not shorten a gap": pair(
        problem("ab", "ac", slots=3, parties=[party("a", delegates=[delegate("m", available=["s0", "s2"])])]),
        "ab s0 t0, ac s2 t0",
        gaps={"a": ["s1"]},
        **ONE_GAP,
    ),
    "no gap from block to block": pair(problem("ab", "ac", slots=6, blocks=2), "ab s0 t0, ac s5 t0"),
    "two gaps": pair(
        problem("ab", "ac", "ad", "bc", slots=6, parties=["a"]),
        "ab s0 t0, ac s3 t0, bc s4 t0, ad s5 t0",
        gaps={"a": ["s1 s2", "s4"], "b": ["s1 s2 s3"]},
        waiting=6,
        longest_wait=3,
        spread=2,
    ),
    "spread within its limit": pair(
        problem("ab", "ac", slots=3, gap_spread_limit=1),
        "ab s0 t0, ac s2 t0",
        gaps={"a": ["s1"]},
        **ONE_GAP,
    ),
}
REASONS: Final[dict[str, Pair]] = {
    "published, moved and dropped": pair(
        PUBLISHED,
        "ab s0 t1, af s1 t0, ac s2 t0, ae s3 t0",
        not_held=[reason("ad", "stopped_early")],
        moves=[*PUBLISHED_MOVES, move("af", "s2 t0", "s1 t0")],
        bounds={"disturbed": 1},
        disturbed=2,
        moves_=3,
        table_changes=1,
    ),
    "never together": pair(
        problem("ab", "ac", parties=[party("b", available=["s0"]), party("a", forbidden=["s0"])]),
        "ac s1 t0",
        not_held=[reason("ab", "never_together")],
    ),
    "never a table": pair(
        problem("ab", parties=[party("a", table="t0")], tables=[table(0, available=[])]),
        "",
        not_held=[reason("ab", "never_together")],
    ),
    "never as long": pair(
        problem(request("ab", duration=2, forbidden=["s0"]), slots=3, blocks=2),
        "",
        not_held=[reason("ab", "never_together")],
    ),
    "locked meeting in the way": pair(LOCKED_AB, "ab s0 t0", not_held=[reason("ac", "locked", meetings="ab")]),
    "published meeting in the way": pair(
        problem("ab", "ac", slots=1, published=[placed("ab", 0)]),
        "ab s0 t0",
        not_held=[reason("ac", "locked", meetings="ab")],
    ),
    "locked meetings take the tables": pair(
        problem("ab", "cd", "ef", slots=1, tables=2, locked=[placed("ab", 0), placed("cd", 0)]),
        "ab s0 t0, cd s0 t1",
        not_held=[reason("ef", "locked", meetings="ab cd")],
    ),
    "locked meeting makes the run too long": pair(
        problem("ab", "ac", slots=2, locked=[placed("ab", 0)], parties=[party("a", longest_run=1)]),
        "ab s0 t0",
        not_held=[reason("ac", "locked", meetings="ab")],
    ),
    "locked meeting comes too early": pair(
        problem("ab", "cd", slots=2, locked=[placed("ab", 0)], precedences=[["cd", "ab"]]),
        "ab s0 t0",
        not_held=[reason("cd", "locked", meetings="ab")],
    ),
    "locked meetings fill a day": pair(
        problem("ab", "ac", slots=2, locked=[placed("ab", 0)], parties=[party("a", maximum_per_day=1)]),
        "ab s0 t0",
        not_held=[reason("ac", "locked", meetings="ab")],
    ),
    "side full": pair(
        problem("ab", "ac", parties=[party("a", maximum=1)]),
        "ab s0 t0",
        not_held=[reason("ac", "side_full", party="a")],
    ),
    "side full on its day": pair(
        problem(
            "ab", request("ac", available=["s1"]), slots=4, blocks=2, days=2, parties=[party("a", maximum_per_day=1)]
        ),
        "ab s0 t0",
        not_held=[reason("ac", "side_full", party="a")],
    ),
    "tables taken": pair(
        problem("ab", "cd", slots=1, tables=1), "ab s0 t0", not_held=[reason("cd", "tables", slots="s0")]
    ),
    "tables taken or away": pair(
        problem(
            "ab", "ac", request("cd", duration=2, value=0), slots=3, tables=[table(0), table(1, available=["s0", "s1"])]
        ),
        "ab s1 t0, ac s2 t0",
        not_held=[reason("cd", "worth_less", slot="s1", meetings="ac ab")],
    ),
    "only the slots in which both are free": pair(
        problem("ab", "ad", "cd", slots=2, tables=1, parties=["d"]),
        "ab s0 t0, ad s1 t0",
        not_held=[reason("cd", "tables", slots="s0")],
    ),
    "worth less": pair(
        problem(request("ab", value=3), request("ac", value=2), slots=1),
        "ab s0 t0",
        not_held=[reason("ac", "worth_less", slot="s0", meetings="ab")],
    ),
    "worth less than two": pair(
        problem(request("ab", value=2), request("cd", value=2), request("bc", value=3), slots=1),
        "ab s0 t0, cd s0 t1",
        not_held=[reason("bc", "worth_less", slot="s0", meetings="ab cd")],
    ),
    "worth more, but below the minimum": pair(
        problem(request("ab", value=1), request("ac", value=5), slots=1, parties=[party("b", minimum=1)]),
        "ab s0 t0",
        not_held=[reason("ac", "worth_less", slot="s0", meetings="ab")],
    ),
    "worth more, but another is required": pair(
        problem(request("ab", value=1, required=True), request("ac", value=5), slots=1),
        "ab s0 t0",
        not_held=[reason("ac", "worth_less", slot="s0", meetings="ab")],
    ),
    "worth more, but against the limit of gaps": pair(
        problem("ab", request("ac", value=5, fixed="s2"), slots=3, gap_spread_limit=0, locked=[placed("ab", 0)]),
        "ab s0 t0",
        not_held=[reason("ac", "worth_less", slot="s2")],
    ),
    "worth nothing": pair(problem(request("ab", value=0)), "", not_held=[reason("ab", "worth_less", slot="s0")]),
    "worth more, but published": pair(
        problem("ab", request("ac", value=5), slots=1, published=[placed("ab", 0)]),
        "ab s0 t0",
        not_held=[reason("ac", "worth_less", slot="s0", meetings="ab")],
    ),
    "worth as much, and nearer": pair(
        problem("ab", "ac", "ad", slots=3, parties=[party("a", maximum=2)], goals=["value", "gaps"]),
        "ab s0 t0, ac s1 t0",
        not_held=[reason("ad", "worth_less", slot="s2", meetings="ab")],
    ),
    "stopped early": pair(problem("ab"), "", not_held=[reason("ab", "stopped_early")], bounds={"value": 1}),
    "stopped before any bound": pair(problem("ab"), "", not_held=[reason("ab", "stopped_early")], **OPEN),
    "few goals": pair(problem("ab", goals=["gaps", "value"]), "ab s0 t0"),
    "bounds that are not reached": pair(
        problem("ab", "ac", slots=3),
        "ab s0 t0, ac s2 t0",
        gaps={"a": ["s1"]},
        bounds={"gaps": 0, "spread": 0},
        **ONE_GAP,
    ),
}
NONE: Final[dict[str, Pair]] = {
    "infeasible": (
        LOCKED_TWICE,
        no_plan(LOCKED_TWICE, "infeasible", *({"kind": "locked", "request": name} for name in ("ab", "ac"))),
    ),
    "infeasible by the limit of gaps": (
        LOCKED_APART,
        no_plan(
            LOCKED_APART,
            "infeasible",
            {"kind": "locked", "request": "ab"},
            {"kind": "locked", "request": "ac"},
            {"kind": "gap_spread_limit"},
        ),
    ),
    "unknown": (LOCKED_TWICE, no_plan(LOCKED_TWICE, "unknown")),
}
RIGHT: Final[dict[str, Pair]] = HELD | GAPS | REASONS | NONE
