"""Later: deadlines with their reminders, and everything else that is due at an instant, as rows with unique keys."""
