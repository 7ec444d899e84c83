"""The script of a schema in a form in which those of two municipalities can be compared."""

import re

from programs.schemas.dump import schema_script


def tables_of(schema: str) -> list[str]:
    """Return the lines of a schema's script, without its name and without what PostgreSQL adds by reading.

    Each time PostgreSQL reads a check back it casts a list's parts, not the list:
    `x = ANY ((ARRAY['a'::varchar])::text[])` and `x = ANY (ARRAY[('a'::varchar)::text])` are the same, and so are
    conditions with and without the parentheses round each pair.
    """
    script = re.sub(rf"\b{schema}\b", "here", schema_script(schema, data=False))
    return [
        re.sub(r"::(character varying|text)(\[\])?|[()]", "", line) if "CHECK (" in line or "= ANY (" in line else line
        for line in script.splitlines()
    ]
