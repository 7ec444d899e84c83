"""The matchmaking event: delegations, preferences, meetings and their timetable."""
