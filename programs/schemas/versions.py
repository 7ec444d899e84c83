"""Which version of a municipality's schema the running code stands for."""

import inspect
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

FORMAT: Final = "2"  # of the script; a new one makes a new template


def tenant_targets(loader: MigrationLoader) -> list[tuple[str, str]]:
    """Return the last migrations of the apps that live in municipalities."""
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    return sorted(node for node in loader.graph.leaf_nodes() if node[0] in labels)


def tenant_plan(loader: MigrationLoader) -> list[Migration]:
    """Return all migrations that lead to `tenant_targets`, in order.

    Those of public apps that they stand upon are among them: in a municipality they do nothing and are recorded.
    """
    plan: dict[tuple[str, str], Migration] = {}
    for target in tenant_targets(loader):
        for node in loader.graph.forwards_plan(target):
            plan.setdefault(node, loader.graph.nodes[node])
    return list(plan.values())


@cache
def schema_version() -> str:
    """Return the version that the code needs: the number of migrations, five digits, and a digest of their names.

    A squashed migration counts as those that it replaces.
    """
    plan = tenant_plan(MigrationLoader(None))
    names = [name for migration in plan for name in (migration.replaces or [(migration.app_label, migration.name)])]
    digest = sha256("\n".join(f"{app}.{name}" for app, name in sorted(names)).encode()).hexdigest()
    return f"{len(names):05}-{digest[:12]}"


def is_behind(version: str) -> bool:
    """Whether a schema of this version lacks what the code needs; one of a later release does not."""
    needed = schema_version()
    return version != needed and version[:5] <= needed[:5]


@cache
def template_digest(server_version: int) -> str:
    """Return the digest of all that the script depends on: the migrations' sources and PostgreSQL's main version."""
    digest = sha256(f"{FORMAT}\n{server_version}\n{schema_version()}".encode())
    for migration in tenant_plan(MigrationLoader(None)):
        source = inspect.getsourcefile(type(migration))
        digest.update(Path(source).read_bytes() if source else b"")
    return digest.hexdigest()
