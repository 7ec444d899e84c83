"""`manage.py audit_role_sql ROLE`: the rights of the database role that the application uses in production."""

import re
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tech4muni.audit.verification import schemas_with_trails

ROLE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")

SCHEMA: Final = """\
GRANT USAGE ON SCHEMA "{schema}" TO "{role}";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{schema}" TO "{role}";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "{schema}" TO "{role}";
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON "{schema}".audit_entry FROM "{role}";
"""
HEADS: Final = """\
REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON public.audit_head FROM "{role}";
"""
LATER: Final = """\
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO "{role}";
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{role}";
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO "{role}";
"""


class Command(BaseCommand):
    help = (
        "Print the SQL that lets ROLE work in all schemas, but only read and append to the audit trails. Run it as the"
        " owner of the tables: once, and again after migrations and new municipalities."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="an existing role that owns nothing and is a member of no other role")

    def handle(self, *, role: str, **_: Any) -> None:
        if not ROLE.fullmatch(role):
            raise CommandError("Name the role with small Latin letters, digits and underscores.")
        self.stdout.write("BEGIN;\n", ending="")
        for schema in schemas_with_trails():
            self.stdout.write(SCHEMA.format(schema=schema, role=role), ending="")
        self.stdout.write((HEADS + LATER).format(role=role), ending="")
        self.stdout.write("COMMIT;\n", ending="")
