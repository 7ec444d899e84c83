"""Check an exported ledger: `python -m pilots.verify_export FILE`. Needs nothing but Python; see docs/pilots.md."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pilots.chain import Verdict, check

FORMAT: Final = "tech4muni-ledger-1"


def verify_document(document: Any) -> Verdict:
    """Check the entries of an export, and that its head is the last of them; raises ValueError if it is no export."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("This is no exported ledger.")
    try:
        verdict = check(document["entries"])
        head = document["head"]
        if verdict.whole and (head["number"], head["digest"]) != (verdict.length, verdict.digest):
            return Verdict(verdict.length, verdict.digest, verdict.length + 1, "the end is cut off")
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no exported ledger: {error} is missing.") from error
    return verdict


def main(arguments: Sequence[str]) -> int:
    """Say what was found; return 0 for a whole ledger, 1 for a broken one, 2 if there is nothing to check."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m pilots.verify_export FILE\n")
        return 2
    try:
        verdict = verify_document(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if verdict.whole:
        sys.stdout.write(f"whole: {verdict.length} entries, the last one is {verdict.digest}\n")
        return 0
    sys.stdout.write(f"broken at entry {verdict.broken_at}: {verdict.fault}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
