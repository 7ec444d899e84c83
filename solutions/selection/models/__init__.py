"""What a municipality received, mapped, scored and decided, in its own schema."""

from solutions.selection.models.evaluation import (
    Conflict,
    Criterion,
    Decision,
    DecisionLine,
    PanelMember,
    Score,
    Scorecard,
    SelectionRound,
)
from solutions.selection.models.market_map import (
    Lead,
    LeadFit,
    ReceivedApplication,
    ReceivedFile,
    Requirement,
    TakenBack,
)

__all__ = [
    "Conflict",
    "Criterion",
    "Decision",
    "DecisionLine",
    "Lead",
    "LeadFit",
    "PanelMember",
    "ReceivedApplication",
    "ReceivedFile",
    "Requirement",
    "Score",
    "Scorecard",
    "SelectionRound",
    "TakenBack",
]
