"""The rules that a plan can break, by name, and the complaint that one is broken."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Each rule that the checker examines; the names stay as they are, programs may rely on them."""

    # What the plan names.
    UNKNOWN_ID = "unknown-id"
    HELD_TWICE = "held-twice"
    PARTIES_DIFFER = "parties-differ"
    MEETINGS_ORDER = "meetings-order"

    # Where and when a single meeting may be.
    BEYOND_BLOCK = "beyond-block"
    PARTY_AWAY = "party-away"
    DELEGATE_AWAY = "delegate-away"
    REQUEST_UNAVAILABLE = "request-unavailable"
    NOT_AT_FIXED = "not-at-fixed"
    LOCKED_ELSEWHERE = "locked-elsewhere"
    TABLE_NOT_ALLOWED = "table-not-allowed"
    TABLE_AWAY = "table-away"

    # What holds between the meetings.
    TABLE_TAKEN_TWICE = "table-taken-twice"
    PARTY_TAKEN_TWICE = "party-taken-twice"
    MAXIMUM = "maximum"
    MAXIMUM_PER_DAY = "maximum-per-day"
    LONGEST_RUN = "longest-run"
    PRECEDENCE = "precedence"
    LOCKED_NOT_HELD = "locked-not-held"
    REQUIRED_NOT_HELD = "required-not-held"
    GAP_SPREAD_LIMIT = "gap-spread-limit"

    # What the plan says of the parties and of the published plan.
    PARTIES_LIST = "parties-list"
    PARTY_MEETINGS = "party-meetings"
    PARTY_BELOW_MINIMUM = "party-below-minimum"
    PARTY_GAPS = "party-gaps"
    MOVES = "moves"

    # What it says of the requests that are not held.
    NOT_HELD_LIST = "not-held-list"
    REASON_FIELDS = "reason-fields"
    NEVER_TOGETHER = "reason-never-together"
    LOCKED = "reason-locked"
    SIDE_FULL = "reason-side-full"
    TABLES = "reason-tables"
    WORTH_LESS = "reason-worth-less"
    STOPPED_EARLY = "reason-stopped-early"

    # The certificate.
    GOALS_DIFFER = "goals-differ"
    GOAL_VALUE = "goal-value"
    GOAL_STATUS = "goal-status"
    BOUND_CROSSED = "bound-crossed"
    FIGURES = "figures"
    DIGEST = "digest"

    # Without a plan.
    NOT_EMPTY = "not-empty"
    CONFLICT_WITHOUT_NEED = "conflict-without-need"
    CONFLICT_MISSING = "conflict-missing"
    CONFLICT_DEMANDS = "conflict-demands"
    CONFLICT_UNTRUE = "conflict-untrue"


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a plan breaks: what is wrong, in words, and the place in the plan, such as `$.meetings[3]`."""

    rule: Rule
    message: str
    path: str
