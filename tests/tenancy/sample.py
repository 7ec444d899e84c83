"""An app that lives in municipalities, whose migrations a test writes as it goes."""

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Final

from django.conf import settings
from django.db import connection
from django.test import override_settings
from django_tenants.utils import schema_exists

from programs.models import Municipality
from programs.schemas.models import SchemaTemplate
from programs.schemas.versions import schema_version, template_digest
from tests.processes import Process, python

APP: Final = "sample_town"
HEAD: Final = "from django.db import migrations, models\n"
FIRST: Final = """
    migrations.CreateModel("Street", [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=100, db_index=True)),
    ]),
    migrations.CreateModel("House", [
        ("id", models.BigAutoField(primary_key=True)),
        ("number", models.IntegerField()),
        ("street", models.ForeignKey("Street", on_delete=models.CASCADE)),
    ]),
    migrations.AddConstraint(
        "House", models.UniqueConstraint(fields=["street", "number"], name="house_number"),
    ),
"""
CHANGES: Final = """
    migrations.AddField("Street", "length", models.IntegerField(null=True)),
    migrations.AddField("House", "colour", models.CharField(max_length=7, default="%white")),
    migrations.RenameField("House", "number", "door"),
    migrations.RemoveConstraint("House", "house_number"),
    migrations.AlterField("Street", "name", models.CharField(max_length=200, unique=True)),
    migrations.RunSQL(
        "CREATE FUNCTION street_count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM sample_town_street'",
        "DROP FUNCTION street_count()",
    ),
"""
BY_PYTHON: Final = """
    migrations.RunPython(name_streets, migrations.RunPython.noop),
"""
NAME_STREETS: Final = """
def name_streets(apps, schema_editor):
    Street = apps.get_model("sample_town", "Street")
    Street.objects.create(name="Main street")
    for street in Street.objects.all():
        street.name = street.name.upper()
        street.save()
"""


class SampleApp:
    """The app as it is on disk; `write` adds a migration and makes the product look again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.migrations = directory / APP / "migrations"
        self.migrations.mkdir(parents=True)
        (directory / APP / "__init__.py").touch()
        (self.migrations / "__init__.py").touch()

    def write(self, number: int, operations: str, *, code: str = "", more: str = "") -> str:
        """Write migration `number`, which follows the one before, and return its name."""
        name, before = f"{number:04}_change", [(APP, f"{number - 1:04}_change")] if number > 1 else []
        body = f"{HEAD}{code}\nclass Migration(migrations.Migration):\n    dependencies = {before}\n{more}"
        (self.migrations / f"{name}.py").write_text(f"{body}    operations = [{operations}]\n")
        forget()
        return name

    def remove(self, number: int) -> None:
        """Go back to the release before a migration."""
        (self.migrations / f"{number:04}_change.py").unlink()
        shutil.rmtree(self.migrations / "__pycache__", ignore_errors=True)
        forget()

    def manage(self, *arguments: str) -> Process:
        """Start a management command in a process of its own, with this app installed."""
        (self.directory / "sample_settings.py").write_text(
            dedent(f"""
                from tech4muni.settings.test import *
                INSTALLED_APPS = [*INSTALLED_APPS, "{APP}"]
                TENANT_APPS = [*TENANT_APPS, "{APP}"]
            """)
        )
        path = os.pathsep.join([str(self.directory), str(settings.BASE_DIR)])
        return python("manage.py", *arguments, DJANGO_SETTINGS_MODULE="sample_settings", PYTHONPATH=path)


@contextmanager
def sample_app(directory: Path) -> Iterator[SampleApp]:
    """Install the app with its first migration, and leave no trace of it."""
    sample = SampleApp(directory)
    sys.path.insert(0, str(directory))
    installed = {"INSTALLED_APPS": [*settings.INSTALLED_APPS, APP], "TENANT_APPS": [*settings.TENANT_APPS, APP]}
    try:
        with override_settings(**installed):
            sample.write(1, FIRST)
            yield sample
    finally:
        sys.path.remove(str(directory))
        forget()
        restore()


def restore() -> None:
    """Take the app's tables out of the session's municipalities again, and its templates away."""
    SchemaTemplate.objects.exclude(version=schema_version()).delete()
    with connection.cursor() as cursor:
        for name in Municipality.objects.exclude(schema_version=schema_version()).values_list("schema_name", flat=True):
            if schema_exists(name):
                for table in ("house", "street"):
                    cursor.execute(f'DROP TABLE IF EXISTS "{name}".{APP}_{table} CASCADE')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{name}".street_count()')
                cursor.execute(f'DELETE FROM "{name}".django_migrations WHERE app = %s', [APP])
    Municipality.objects.exclude(schema_version="").update(schema_version=schema_version())


def forget() -> None:
    """Make Python and the product read the migrations anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] == APP]:
        del sys.modules[name]
    importlib.invalidate_caches()
    schema_version.cache_clear()
    template_digest.cache_clear()
