"""A sample app of realistic size for municipalities: 40 tables and 36 migrations, written to a directory.

The product's own schema is still small; its cost would say little about what municipalities will have one day.
"""

from pathlib import Path
from typing import Final

APP: Final = "bench_town"
TABLES: Final = 40
PER_MIGRATION: Final = 2  # tables made by each of the first migrations
CHANGES: Final = 16  # further migrations, each of which changes some tables
MIGRATIONS: Final = TABLES // PER_MIGRATION + CHANGES

FIELDS: Final = (
    ("id", "models.BigAutoField(primary_key=True)"),
    ("public_id", "models.UUIDField(default=uuid.uuid4, unique=True)"),
    ("title", "models.CharField(max_length=200)"),
    ("state", "models.CharField(max_length=20, default='open', db_index=True)"),
    ("note", "models.TextField(blank=True)"),
    ("amount", "models.DecimalField(max_digits=12, decimal_places=2, default=0)"),
    ("created_at", "models.DateTimeField(auto_now_add=True)"),
    ("due", "models.DateField(null=True)"),
)
ADDED: Final = ("priority", "models.IntegerField(default=0)")
HEAD: Final = "import uuid\n\nfrom django.db import migrations, models\n\n\n"


def write_town(directory: Path) -> None:
    """Write the app, importable from `directory`."""
    migrations = directory / APP / "migrations"
    migrations.mkdir(parents=True)
    (directory / APP / "__init__.py").touch()
    (migrations / "__init__.py").touch()
    (directory / APP / "models.py").write_text(_models())
    for number in range(1, TABLES // PER_MIGRATION + 1):
        first = (number - 1) * PER_MIGRATION + 1
        _write(migrations, number, [_create(table) for table in range(first, first + PER_MIGRATION)])
    for change in range(CHANGES):
        tables = range(change + 1, TABLES + 1, CHANGES)
        _write(migrations, TABLES // PER_MIGRATION + 1 + change, [line for table in tables for line in _change(table)])


def add_column(directory: Path, number: int) -> None:
    """Write the next release: migration `MIGRATIONS + number`, which adds a nullable column to one table."""
    line = f'migrations.AddField("Thing{number}", "extra", models.IntegerField(null=True))'
    _write(directory / APP / "migrations", MIGRATIONS + number, [line])


def _write(migrations: Path, number: int, operations: list[str]) -> None:
    before = f'("{APP}", "{number - 1:04}_change")' if number > 1 else ""
    lines = "".join(f"        {operation},\n" for operation in operations)
    body = f"    dependencies = [{before}]\n    operations = [\n{lines}    ]\n"
    (migrations / f"{number:04}_change.py").write_text(f"{HEAD}class Migration(migrations.Migration):\n{body}")


def _create(table: int) -> str:
    return f'migrations.CreateModel("Thing{table}", [{", ".join(_pairs(table))}])'


def _pairs(table: int) -> list[str]:
    return [f'("{name}", {field})' for name, field in (*FIELDS, *_parent(table))]


def _parent(table: int) -> list[tuple[str, str]]:
    return (
        [("parent", f'models.ForeignKey("Thing{table - 1}", null=True, on_delete=models.CASCADE)')] if table > 1 else []
    )


def _change(table: int) -> list[str]:
    return [
        f'migrations.AddField("Thing{table}", "{ADDED[0]}", {ADDED[1]})',
        f'migrations.AddIndex("Thing{table}", {_index(table)})',
    ]


def _index(table: int) -> str:
    return f'models.Index(fields=["state", "due"], name="thing{table}_state_due")'


def _models() -> str:
    parts = ["import uuid\n\nfrom django.db import models\n"]
    for table in range(1, TABLES + 1):
        fields = "".join(f"    {name} = {field}\n" for name, field in (*FIELDS, *_parent(table), ADDED))
        parts.append(
            f"\n\nclass Thing{table}(models.Model):\n{fields}\n    class Meta:\n        indexes = [{_index(table)}]\n"
        )
    return "".join(parts)
