"""The public row about a challenge follows what its municipality calls it."""

from challenges.models import BriefText, Challenge
from programs.cohorts.models import Progress


def labels_of(challenge: Challenge) -> dict[str, str]:
    """Return the title per language: the brief's texts, and the working title where there is none."""
    texts = BriefText.objects.filter(brief__challenge=challenge).exclude(title="")
    titles = dict(texts.values_list("language", "title"))
    return titles or {"en-gb": challenge.title}


def follow_title(challenge: Challenge) -> None:
    """Write the present titles into the public row, in the caller's transaction."""
    Progress.objects.filter(challenge_id=challenge.public_id).update(label=labels_of(challenge))
