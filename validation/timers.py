"""What validation does at an instant."""

from programs.timing import kinds
from validation.services.surveys import CLOSE, close_when_due

kinds.register(CLOSE, close_when_due)
