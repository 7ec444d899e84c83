"""What the market does at an instant."""

from programs.timing import kinds
from solutions.market.services.reminders import REMIND, remind

kinds.register(REMIND, remind)
