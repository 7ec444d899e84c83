"""What is proven stays true where choosing ends before its cuts have said everything."""

from typing import Any

import pytest

from events.timetable import planning
from events.timetable.documents import read_problem
from events.timetable.solve import solve
from tests.events.timetable.builders import document, party, request


def crowded() -> dict[str, Any]:
    """An event in which single slots are fought for at one table: what a block as a whole does not show."""
    parties, requests = [], []
    for number in range(3):
        first, last = f"s{3 * number}", f"s{3 * number + 2}"
        parties.append(party(f"A{number}", minimum=1))
        requests.append(request(f"AB{number}", parties=[f"A{number}", f"B{number}"], value=3, fixed=last))
        requests.append(request(f"DE{number}", parties=[f"D{number}", f"E{number}"], value=50, fixed=first))
        for rival in range(4):
            parties.append(party(f"C{number}{rival}", minimum=1))
            sides = [f"C{number}{rival}", f"D{number}"]
            requests.append(request(f"CD{number}{rival}", parties=sides, value=3, fixed=last))
    for number in range(9, 11):
        for side in "xy":
            sides = [f"{side}{number}a", f"{side}{number}b"]
            requests.append(request(f"{side}{number}", parties=sides, value=20, fixed=f"s{number}"))
    return document(*requests, slots=63, tables=1, parties=parties)


@pytest.mark.parametrize("rounds", [1, 2, 60])
def test_rounds_of_choosing_change_no_proof(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    monkeypatch.setattr(planning, "ROUNDS", rounds)

    goals = solve(read_problem(crowded()), workers=1).certificate.goals

    assert {level.goal.value: (level.value, level.bound) for level in goals} == {
        "disturbed": (0, 0),
        "below_minimum": (12, 12),
        "value": (199, 199),
        "gaps": (0, 0),
        "longest_wait": (0, 0),
        "spread": (0, 0),
        "moves": (0, 0),
    }
