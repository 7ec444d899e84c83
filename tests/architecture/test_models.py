"""What the models and the database promise of each other."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django_fsm import FSMField

from tech4muni.core.fields import PublicForeignKey
from tests.architecture.source import PACKAGES

OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]


def lives_in_municipalities(model: type[models.Model]) -> bool:
    """Whether each municipality has a table of this model."""
    return apps.get_app_config(model._meta.app_label).name in settings.TENANT_APPS


def lives_in_public(model: type[models.Model]) -> bool:
    """Whether the public schema has a table of this model."""
    return apps.get_app_config(model._meta.app_label).name in settings.SHARED_APPS


def relations(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """The foreign keys of a model, those of its many-to-many tables among them."""
    between = [field.remote_field.through for field in model._meta.local_many_to_many]
    for each in (model, *filter(None, between)):
        yield from (field for field in each._meta.local_fields if isinstance(field, models.ForeignKey))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_constraint_crosses_a_schema(model: type[models.Model]) -> None:
    for field in relations(model):
        target = field.related_model
        if lives_in_municipalities(model) and not lives_in_municipalities(target):
            assert isinstance(field, PublicForeignKey), f"{field} must be a PublicForeignKey"
        if lives_in_public(model):
            assert lives_in_public(target), f"{field}: a public row cannot name a municipality's row by a key"


def test_catalogue_holds_no_key_across_schemas(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, f.nspname, t.nspname FROM pg_constraint"
            " JOIN pg_class fc ON fc.oid = conrelid JOIN pg_namespace f ON f.oid = fc.relnamespace"
            " JOIN pg_class tc ON tc.oid = confrelid JOIN pg_namespace t ON t.oid = tc.relnamespace"
            " WHERE contype = 'f'"
        )
        keys = cursor.fetchall()

    assert keys
    assert [key for key in keys if key[1] != key[2]] == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_keys_to_people_never_delete_with_them(model: type[models.Model]) -> None:
    people = apps.get_model(settings.AUTH_USER_MODEL)

    for field in relations(model):
        if field.related_model is people:
            assert field.remote_field.on_delete in {models.PROTECT, models.DO_NOTHING}, f"{field}: people stay"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_states_are_protected_and_the_database_knows_them(model: type[models.Model]) -> None:
    for field in model._meta.local_fields:
        if isinstance(field, FSMField):
            assert field.protected, f"{field} must be protected"
        if field.name == "state":
            conditions = [str(rule.condition) for rule in constraints(model)]
            assert any("state__in" in condition for condition in conditions), f"{field} needs a CheckConstraint"


def constraints(model: type[models.Model]) -> Iterator[models.CheckConstraint]:
    """The check constraints of a model."""
    return (rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_rows_have_names_for_people(model: type[models.Model]) -> None:
    assert model.__str__ is not models.Model.__str__
