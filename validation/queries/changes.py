"""What validation changed: the brief before and now, word by word, with the findings behind each change."""

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from challenges.enums import SnapshotReason
from challenges.models import TEXT_FIELDS, BriefSnapshot, BriefText, Challenge
from tech4muni.core.languages import own_name
from validation.models import BriefChange, Finding

KEPT, ADDED, GONE = "kept", "added", "gone"
WORD: Final = re.compile(r"\s+|[^\s]+")
Texts = Mapping[str, Mapping[str, str]]  # language -> part of the brief -> text


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text: `kind` is one of KEPT, ADDED, GONE."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the brief in one language, before and now."""

    language: str
    pieces: list[Piece]

    @property
    def language_name(self) -> str:
        """The language's name for itself."""
        return own_name(self.language)


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the brief that differs, in one language or more, with what it rests on."""

    field: str
    differences: list[Difference]
    findings: list[Finding]

    @property
    def label(self) -> str:
        """The part's name."""
        return field_label(self.field)

    @property
    def is_explained(self) -> bool:
        """Whether a finding stands behind it."""
        return bool(self.findings)


def field_label(field: str) -> str:
    """Name a part of the brief, with a capital."""
    label = str(BriefText._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def compare(before: str, now: str) -> list[Piece]:
    """Return a text as pieces: words that stayed, words that went, words that came; whole words only."""
    old, new = WORD.findall(before.replace("\r\n", "\n")), WORD.findall(now.replace("\r\n", "\n"))
    pieces = []
    for step, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Piece(KEPT, "".join(old[a:b])))
            continue
        pieces += [Piece(kind, text) for kind, text in ((GONE, "".join(old[a:b])), (ADDED, "".join(new[c:d]))) if text]
    return pieces


def differences(before: Texts, now: Texts) -> dict[str, list[Difference]]:
    """Return the parts that differ, with each language in which they do.

    A text that there was in another language only is a translation, and no change of what the brief says.
    """
    found: dict[str, list[Difference]] = {}
    for field in TEXT_FIELDS:
        was_empty = not any(_text(before, language, field) for language in before)
        for language in sorted({*before, *now}):
            old, new = _text(before, language, field), _text(now, language, field)
            if old != new and (old or was_empty):
                found.setdefault(field, []).append(Difference(language, compare(old, new)))
    return found


def _text(texts: Texts, language: str, field: str) -> str:
    return texts.get(language, {}).get(field, "").replace("\r\n", "\n").strip()


def changes(challenges: Sequence[Challenge]) -> dict[int, list[Change]]:
    """Return what changed in the briefs of challenges since they entered validation, in three queries."""
    keys = {challenge.pk for challenge in challenges}
    before: dict[int, Texts] = {}
    for snapshot in BriefSnapshot.objects.filter(challenge__in=keys, reason=SnapshotReason.VALIDATION).order_by(
        "taken_at", "pk"
    ):
        before[snapshot.challenge_id] = snapshot.content["texts"]
    now: dict[int, dict[str, dict[str, str]]] = defaultdict(dict)
    for text in BriefText.objects.filter(brief__challenge__in=before).select_related("brief"):
        now[text.brief.challenge_id][text.language] = {field: getattr(text, field) for field in TEXT_FIELDS}
    behind: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    for reason in BriefChange.objects.filter(challenge__in=before).select_related("finding").order_by("finding"):
        behind[reason.challenge_id, reason.field].append(reason.finding)
    return {
        key: [
            Change(field, parts, behind[key, field])
            for field, parts in differences(before.get(key, {}), now[key] if key in before else {}).items()
        ]
        for key in keys
    }


def snapshot_of(challenge: Challenge) -> BriefSnapshot | None:
    """Return the brief as it was when the challenge entered validation the last time; None if nobody kept it."""
    return challenge.snapshots.filter(reason=SnapshotReason.VALIDATION).order_by("taken_at", "pk").last()


def no_changes_words(snapshot: BriefSnapshot | None) -> str:
    """Say why there is nothing to compare."""
    if snapshot is None:
        return _(
            "The brief is kept as it is when the challenge enters validation; what changes after that stands here."
        )
    return _("Nothing changed since the challenge entered validation.")
