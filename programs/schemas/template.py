"""The prepared script that makes a municipality's schema."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from programs.schemas.dump import schema_script
from programs.schemas.locks import only_one
from programs.schemas.models import SchemaTemplate
from programs.schemas.scratch import SCRATCH, scratch_schema
from programs.schemas.versions import schema_version, template_digest, tenant_targets
from tech4muni.core.schemas import PUBLIC


def current_template() -> SchemaTemplate:
    """Return the template that the code stands for, preparing it if no deployment did."""
    return _find() or prepare_template()


def prepare_template() -> SchemaTemplate:
    """Make the template that the code stands for by running all migrations once; return it if it is there already.

    Rows that a data migration makes become part of the script: every municipality gets the same ones.
    """
    with only_one(SCRATCH):
        return _find() or _prepare(_digest())


def _prepare(digest: str) -> SchemaTemplate:
    with scratch_schema() as is_alone:
        migrate_scratch()
        template = SchemaTemplate(
            digest=digest,
            version=schema_version(),
            prelude=schema_script(PUBLIC, data=False) if is_alone else "",
            script=schema_script(SCRATCH, data=True),
            migrations=sorted(MigrationExecutor(connection).loader.applied_migrations),
        )
    template.save()
    return template


def migrate_scratch() -> None:
    """Run all migrations of the apps that live in municipalities, in the current connection's schema."""
    executor = MigrationExecutor(connection)
    executor.migrate(tenant_targets(executor.loader))


def script_for(template: SchemaTemplate, schema: str) -> str:
    """Return the template's script with `schema` for its name."""
    return template.script.replace(SCRATCH, connection.ops.quote_name(schema))


def _find() -> SchemaTemplate | None:
    return SchemaTemplate.objects.filter(digest=_digest()).first()


def _digest() -> str:
    return template_digest(int(connection.pg_version) // 10000)  # type: ignore[attr-defined]
