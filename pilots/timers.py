"""What the pilots app does at an instant."""

from pilots.services.reminders import REMIND, remind_company
from programs.timing import kinds

kinds.register(REMIND, remind_company)
