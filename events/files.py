"""Writes documents whole or not at all."""

import json
import os
import tempfile
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
        text = json.dumps(document, ensure_ascii=False, indent=1)
        if self._output is not None:
            self._output.write(text)
            return
        try:
            handle, beside = tempfile.mkstemp(prefix=f".{self._file.name}.", dir=self._file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            Path(beside).chmod(0o644)
            Path(beside).replace(self._file)
        except OSError as error:
            raise self._refused(error) from error

    def _try(self) -> None:
        if self._file.is_dir():
            raise UnwritableError(f"{self._file} is a directory.")
        try:
            handle, beside = tempfile.mkstemp(prefix=f".{self._file.name}.", dir=self._file.parent)
        except OSError as error:
            raise self._refused(error) from error
        os.close(handle)
        Path(beside).unlink()

    def _refused(self, error: OSError) -> UnwritableError:
        return UnwritableError(f"{self._file} cannot be written: {error.strerror or error}.")
