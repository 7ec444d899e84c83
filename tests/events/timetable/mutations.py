"""Wrong plans, made of right ones by one change each; knows only completed documents, neither planner nor checker.

Either the plan changes and no longer fits the problem, or the problem gets a rule that the plan breaks and the plan the
digest of that problem, so that nothing else is wrong.
"""

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Final

from tests.events.timetable import mutated_accounts as accounts
from tests.events.timetable import mutated_certificates as certificates
from tests.events.timetable import mutated_meetings as meetings
from tests.events.timetable import mutated_problems as problems
from tests.events.timetable import mutated_reasons as reasons
from tests.events.timetable.changing import Document, digest

# Changes the documents, which are copies, and returns whether it found something to change.
Mutation = Callable[[Document, Document, random.Random], bool]


def mutated(
    mutation: Mutation, problem: Document, plan: Document, rng: random.Random
) -> tuple[Document, Document] | None:
    """Return a problem with a plan that is wrong for it, None if the mutation finds nothing to change.

    Args:
        mutation: what to do.
        problem: a completed problem document.
        plan: a completed plan document that is right for it.
        rng: chooses what to change.
    """
    if mutation not in (SOLVED if plan["status"] == "solved" else UNSOLVED):
        return None
    changed, answer = deepcopy(problem), deepcopy(plan)
    if not mutation(changed, answer, rng):
        return None
    if changed != problem:
        answer["certificate"]["digest"] = digest(changed)
    return changed, answer


UNSOLVED: Final[tuple[Mutation, ...]] = (
    certificates.figure_changed,
    certificates.digest_changed,
    certificates.title_changed,
    certificates.status_changed,
    certificates.conflict_added,
    certificates.conflict_forgotten,
    certificates.conflict_doubled,
    certificates.conflict_shortened,
    certificates.goal_without_plan,
    certificates.reason_without_plan,
)
SOLVED: Final[tuple[Mutation, ...]] = (
    meetings.other_slot,
    meetings.other_table,
    meetings.sides_swapped,
    meetings.other_party,
    meetings.meeting_dropped,
    meetings.meeting_given_up,
    meetings.meeting_doubled,
    meetings.meeting_added,
    meetings.unknown_name,
    meetings.meetings_out_of_order,
    accounts.count_changed,
    accounts.party_dropped,
    accounts.party_doubled,
    accounts.party_renamed,
    accounts.parties_out_of_order,
    accounts.gap_dropped,
    accounts.gap_shortened,
    accounts.gap_added,
    accounts.gap_lengthened,
    accounts.move_dropped,
    accounts.move_doubled,
    accounts.move_added,
    accounts.move_changed,
    reasons.reason_dropped,
    reasons.reason_doubled,
    reasons.reason_for_meeting,
    reasons.reasons_out_of_order,
    reasons.reason_untrue,
    reasons.reason_without_its_facts,
    reasons.reason_with_more_facts,
    reasons.slots_of_reason_changed,
    reasons.rival_left_out,
    reasons.rival_not_held,
    reasons.rival_added,
    certificates.figure_changed,
    certificates.goal_changed,
    certificates.bound_crossed,
    certificates.goal_status_changed,
    certificates.bound_forgotten,
    certificates.goal_dropped,
    certificates.goals_out_of_order,
    certificates.goal_renamed,
    certificates.digest_changed,
    certificates.title_changed,
    certificates.status_changed,
    certificates.conflict_added,
    certificates.conflict_invented,
    problems.rule_maximum,
    problems.rule_party_away,
    problems.rule_new_delegate,
    problems.rule_table_away,
    problems.rule_fixed,
    problems.rule_required,
    problems.rule_precedence,
    problems.rule_longest_run,
    problems.rule_gap_spread,
    problems.rule_minimum,
    problems.rule_value,
    problems.rule_published,
    problems.rule_own_table,
)
