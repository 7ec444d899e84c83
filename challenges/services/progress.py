"""What names a challenge follows what its brief calls it."""

from challenges.models import BriefText, Challenge
from programs.cohorts.models import Progress


def follow_title(challenge: Challenge) -> None:
    """Write the brief's present titles into the challenge and its public row, in the caller's transaction."""
    texts = BriefText.objects.filter(brief__challenge=challenge).exclude(title="")
    challenge.titles = dict(texts.values_list("language", "title"))
    challenge.save(update_fields=["titles"])
    label = challenge.titles or {"en-gb": challenge.title}
    Progress.objects.filter(challenge_id=challenge.public_id).update(label=label)
