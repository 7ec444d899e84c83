"""What the challenges app does at an instant."""

from challenges.services.turns import MOVE, move_one, turn_window
from programs.cohorts.services import TURN
from programs.timing import kinds

kinds.register(TURN, turn_window)
kinds.register(MOVE, move_one)
