"""Every module keeps the rules, and every rule finds what breaks it."""

import pytest

from tests.architecture import rules
from tests.architecture.source import Module, modules


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_rule_is_kept(rule: rules.Rule) -> None:
    excepted = rules.EXCEPTIONS.get(rule.__name__, {})

    broken = [line for module in modules() if module.path not in excepted for line in rule(module)]

    assert broken == [], rule.__doc__


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_exceptions_are_needed(rule: rules.Rule) -> None:
    excepted = rules.EXCEPTIONS.get(rule.__name__, {})
    needed = {module.path for module in modules() if module.path in excepted and list(rule(module))}

    assert set(excepted) == needed


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.writes_outside_services, "programs/views.py", "municipality.save()"),
        (rules.writes_outside_services, "programs/people/views.py", "Membership.objects.create(user=user)"),
        (rules.writes_outside_services, "programs/admin.py", "Membership.objects.filter(user=1).update(role='lead')"),
        (rules.writes_outside_services, "programs/tasks.py", "form.save(commit=False)"),
        (rules.writes_outside_services, "programs/management/commands/fix.py", "row.delete()"),
        (rules.asks_the_wall_clock, "programs/services.py", "at = timezone.now()"),
        (rules.asks_the_wall_clock, "programs/models.py", "at = datetime.now(UTC)"),
        (rules.reads_the_environment, "programs/services.py", "x = os.environ['X']"),
        (rules.reads_the_environment, "programs/services.py", "x = os.getenv('X')"),
        (rules.imports_late, "programs/services.py", "def f():\n    from programs import views"),
        (rules.imports_tasks, "programs/services.py", "from programs.tasks import provision"),
        (rules.imports_tasks, "programs/services.py", "from programs import tasks"),
        (rules.imports_tasks, "programs/services.py", "import programs.tasks"),
        (rules.switches_schema_by_hand, "programs/services.py", "connection.set_tenant(municipality)"),
        (rules.switches_schema_by_hand, "programs/services.py", "municipality.activate()"),
        (rules.switches_schema_by_hand, "programs/services.py", "with municipality:\n    pass"),
        (rules.switches_schema_by_hand, "programs/services.py", "with request.tenant:\n    pass"),
        (rules.switches_schema_by_hand, "programs/services.py", "@schema_context('x')\ndef f(): pass"),
        (rules.is_too_long, "programs/services.py", "def f():\n" + "    x = 1\n" * 60),
        (rules.is_too_long, "programs/services.py", "x = 1\n" * 401),
        (rules.does_nothing_yet, "programs/services.py", "def f():\n    raise NotImplementedError"),
    ],
)
def test_rule_finds_what_breaks_it(rule: rules.Rule, path: str, text: str) -> None:
    assert len(list(rule(Module(path, text)))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.writes_outside_services, "programs/services.py", "municipality.save()"),
        (rules.writes_outside_services, "programs/views.py", "context.update(title=title)"),
        (rules.writes_outside_services, "programs/views.py", "create(name=name)"),
        (rules.asks_the_wall_clock, "programs/services.py", "at = clock.now()"),
        (rules.reads_the_environment, "programs/services.py", "os.kill(1, 2)"),
        (rules.imports_late, "programs/services.py", "from programs import queries"),
        (rules.imports_tasks, "programs/services.py", "from programs.tasks_of_people import x"),
        (rules.switches_schema_by_hand, "programs/services.py", "with tenant_context(municipality):\n    pass"),
        (rules.switches_schema_by_hand, "programs/services.py", "translation.activate('he')"),
        (rules.is_too_long, "programs/services.py", "def f():\n" + "    x = 1\n" * 59),
        (rules.does_nothing_yet, "programs/services.py", "def f():\n    raise ValueError"),
    ],
)
def test_rule_lets_the_rest_be(rule: rules.Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) == []
