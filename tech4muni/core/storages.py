"""Where files lie: static ones under names with their digest, people's ones under their municipality."""

from os import PathLike
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from tech4muni.core.schemas import PUBLIC, active_schema

MUNICIPALITIES: Final = "municipalities/"


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Compressed files under names with their digest, which browsers may keep for ever.

    Stylesheets from wheels name source maps that the wheels do not ship; such references stay as they are.
    """

    manifest_strict = False
    patterns = tuple(
        (extension, tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)))
        for extension, patterns in CompressedManifestStaticFilesStorage.patterns
    )


def folder_of(schema: str) -> str:
    """Return the folder that holds a schema's files, with a slash at its end."""
    return "public/" if schema == PUBLIC else f"{MUNICIPALITIES}{schema}/"


if TYPE_CHECKING:
    _Base = Storage
else:
    _Base = object


class SchemaFolders(_Base):
    """Puts each new file into the folder of the active schema, and opens no other municipality's.

    The stored name carries the folder, so that a file is found from any schema that may read it, and one
    municipality's files can be copied or removed as a whole.
    """

    def generate_filename(self, filename: str | PathLike[str]) -> str:
        """Return the name to store a new file under."""
        return super().generate_filename(f"{folder_of(active_schema())}{filename}")

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        self._refuse_foreign(name)
        opened: File[Any] = super()._open(name, mode)  # type: ignore[misc]
        return opened

    def delete(self, name: str) -> None:
        """Delete the file, unless it is another municipality's."""
        self._refuse_foreign(name)
        super().delete(name)

    def url(self, name: str | None) -> str:
        """Return an address of the file, unless it is another municipality's."""
        self._refuse_foreign(name or "")
        return super().url(name)

    def _refuse_foreign(self, name: str) -> None:
        schema = active_schema()
        foreign = name.startswith(MUNICIPALITIES) and not name.startswith(folder_of(schema))
        if schema != PUBLIC and (foreign or ".." in name.split("/")):
            raise SuspiciousFileOperation(f"A file of another municipality was asked for in {schema}.")


class LocalStorage(SchemaFolders, FileSystemStorage):
    """People's files on this machine's disk."""
