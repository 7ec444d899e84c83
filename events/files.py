"""Writes documents whole or not at all."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class UnwritableError(Exception):
    """A file cannot be written; the text says which one and why."""


class Output(Protocol):
    """Where standard output goes."""

    def write(self, text: str) -> object:
        """Write a text."""
        ...


class Writer:
    """Writes one document to a file, or to `output` if the name is "-".

    Raises UnwritableError at once if the file's directory does not take a file, so that nothing is worked out in vain.
    """

    def __init__(self, name: str, output: Output) -> None:
        self._output = output if name == "-" else None
        self._file = Path(name)
        if self._output is None:
            self._try()

    def write(self, document: Mapping[str, Any]) -> None:
        """Write the document: beside the file first, then in its place."""
        if self._output is not None:
            self._output.write(json.dumps(document, indent=1))  # ASCII, since not every terminal takes more
            return
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        draft = self._beside()
        try:
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._target)
        except OSError as error:
            raise self._refused(error) from error
        finally:
            draft.unlink(missing_ok=True)

    @property
    def _target(self) -> Path:
        """The file itself, where its name is a link."""
        return self._file.resolve()

    def _beside(self) -> Path:
        """Make an empty file in the same directory, with the rights that new files have."""
        draft = self._target.parent / f".{secrets.token_hex(8)}.draft"
        try:
            draft.touch(exist_ok=False)
        except OSError as error:
            raise self._refused(error) from error
        return draft

    def _try(self) -> None:
        try:
            if self._file.exists() and not self._file.is_file():
                raise UnwritableError(f"{self._file} is no ordinary file.")
        except OSError as error:
            raise self._refused(error) from error
        self._beside().unlink()

    def _refused(self, error: OSError) -> UnwritableError:
        return UnwritableError(f"{self._file} cannot be written: {error.strerror or error}.")
