#!/bin/sh
# The web processes work as a role that reads and appends to the audit trails, and changes nothing in them. Schemas that
# are new since the last time get the same rights here.
set -eu

[ -n "${WEB_ROLE:-}" ] || exit 0
grants=$(python manage.py audit_role_sql "$WEB_ROLE")
echo "$grants" | python manage.py dbshell -- --quiet --set ON_ERROR_STOP=1
