"""Rules over a module's syntax tree; each yields a line for every place that breaks it."""

import ast
from collections.abc import Callable, Iterator
from typing import Final

from tests.architecture.source import Module, dotted, last_name

Rule = Callable[[Module], Iterator[str]]

# Layers that ask and show; what they change, they change through a service.
READERS: Final = frozenset(
    {"admin", "commands", "context_processors", "forms", "gates", "middleware", "permissions", "queries", "tasks"}
    | {"templatetags", "timers", "urls", "views"}
)
WRITES: Final = frozenset(
    {"bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update_or_create"}
)
NOW: Final = frozenset(
    {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time", "timezone.localdate"}
    | {"timezone.localtime", "timezone.now"}
)
SWITCHES: Final = frozenset({"activate", "set_schema", "set_schema_to_public", "set_tenant"})
CONTEXTS: Final = frozenset({"schema_context", "tenant_context"})

# Where a rule does not hold, and why. An entry that is no longer needed fails the build.
EXCEPTIONS: Final[dict[str, dict[str, str]]] = {
    "asks_the_wall_clock": {
        "tech4muni/core/clock.py": "is the clock",
        "tech4muni/core/middleware.py": "freezes a request's now",
        "tech4muni/core/task_class.py": "freezes a task's now",
    },
    "reads_the_environment": {
        "programs/schemas/dump.py": "hands the environment on to pg_dump",
        "tech4muni/celery.py": "names the settings, before there are any",
        "tech4muni/embedded/places.py": "runs without Django",
        "tech4muni/embedded/servers.py": "runs without Django",
        "tech4muni/launcher/checks.py": "runs without Django",
        "tech4muni/launcher/chromium.py": "runs without Django",
        "tech4muni/launcher/demo.py": "runs without Django",
        "tech4muni/launcher/environment.py": "runs before anything is installed",
        "tech4muni/settings/env.py": "is the reader",
        "tech4muni/wsgi.py": "names the settings, before there are any",
    },
    "imports_late": {
        "programs/apps.py": "models are there only when Django is ready",
    },
}


def writes_outside_services(module: Module) -> Iterator[str]:
    """Rows are written by services alone; views, admin, tasks and commands call them."""
    if not module.layer(READERS):
        return
    for name, call in module.calls():
        on_rows = name == "update" and isinstance(call.func, ast.Attribute) and _is_queryset(call.func.value)
        if (name in WRITES and isinstance(call.func, ast.Attribute)) or on_rows:
            yield _place(module, call)


def _is_queryset(node: ast.AST) -> bool:
    """Whether an expression goes through a manager or a QuerySet method, such as `Message.objects.filter(…)`."""
    return any(last_name(part) in {"objects", "filter", "exclude", "all"} for part in ast.walk(node))


def asks_the_wall_clock(module: Module) -> Iterator[str]:
    """There is one now per request: `core.clock.now()`."""
    for _name, call in module.calls():
        if dotted(call.func) in NOW:
            yield _place(module, call)


def reads_the_environment(module: Module) -> Iterator[str]:
    """Settings are read through `settings.env`, which refuses nonsense; all else asks `django.conf.settings`."""
    for node in ast.walk(module.tree):
        if dotted(node) in {"os.environ", "os.getenv"}:
            yield _place(module, node)


def imports_late(module: Module) -> Iterator[str]:
    """Imports stand at the top, where the import contracts and a reader see them."""
    for function in module.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield _place(module, node)


def imports_tasks(module: Module) -> Iterator[str]:
    """Nobody imports tasks: `core.later.after_commit` sends them by name, once the change is committed."""
    for node in ast.walk(module.tree):
        if any(name.endswith(".tasks") for name in imported(node)):
            yield _place(module, node)


def imported(node: ast.AST) -> list[str]:
    """The dotted names that an import statement may stand for."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def switches_schema_by_hand(module: Module) -> Iterator[str]:
    """A schema is entered by `with tenant_context(…)` alone: the other ways leak into other requests and threads."""
    for name, call in module.calls():
        if (
            name in SWITCHES
            and isinstance(call.func, ast.Attribute)
            and not dotted(call.func).startswith("translation.")
        ):
            yield _place(module, call)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.With):
            for item in node.items:
                if last_name(item.context_expr) in {"tenant", "municipality"}:
                    yield _place(module, node)
        for decorator in getattr(node, "decorator_list", []):
            if isinstance(decorator, ast.Call) and last_name(decorator.func) in CONTEXTS:
                yield _place(module, decorator)


def is_too_long(module: Module) -> Iterator[str]:
    """A function has at most 60 lines, a module at most 400."""
    for function in module.functions():
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > 60:
            yield f"{_place(module, function)} has {length} lines"
    if (length := module.text.count("\n")) > 400:
        yield f"{module.path} has {length} lines"


def does_nothing_yet(module: Module) -> Iterator[str]:
    """Nothing is a stub."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc and "NotImplementedError" in ast.unparse(node.exc):
            yield _place(module, node)


RULES: Final[tuple[Rule, ...]] = (
    writes_outside_services, asks_the_wall_clock, reads_the_environment, imports_late, imports_tasks,
    switches_schema_by_hand, is_too_long, does_nothing_yet,
)  # fmt: skip


def _place(module: Module, node: ast.AST) -> str:
    return f"{module.path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node).splitlines()[0][:80]}"
