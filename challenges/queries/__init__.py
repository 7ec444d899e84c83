"""What is read of workshops, challenges and briefs."""

from challenges.queries.standings import Standing, challenge_for, moves_of, standings, visible_to

__all__ = ["Standing", "challenge_for", "moves_of", "standings", "visible_to"]
