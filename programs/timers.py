"""What the programs app does at an instant."""

from programs.timing import kinds
from programs.timing.reminders import remind
from programs.timing.services import REMIND

kinds.register(REMIND, remind)
