#!/bin/sh
# Put one municipality's schema back from standard input, which is a backup of it or of everything:
#   deploy/restore.sh strumica < strumica.dump
#
# All in one transaction: nobody sees half of it, and if it fails nothing has changed. The schema as it was stays beside
# the new one as <schema>_before_restore, and what its audit trail says of the time since the backup stays in the trail.
# Suspend the municipality before, so that nobody writes what would be left behind.
set -eu

schema=${1:?Name the schema: deploy/restore.sh strumica}
case $schema in
*[!a-z0-9_]* | public) echo "$schema is no municipality's schema." >&2; exit 1 ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/dump"
if ! pg_restore --list "$folder/dump" | grep -q " SCHEMA - $schema "; then
    echo "The backup does not hold $schema." >&2
    exit 1
fi
pg_restore --no-owner --schema="$schema" --file="$folder/script.sql" "$folder/dump"

cat >"$folder/before.sql" <<'SQL'
SELECT to_regnamespace(:'schema') IS NOT NULL AS exists \gset
\if :exists
    ALTER SCHEMA :"schema" RENAME TO :"old";
\endif
CREATE SCHEMA :"schema";
SQL
cat >"$folder/after.sql" <<'SQL'
-- The trail goes on where it is: entries since the backup are brought over from the schema as it was. Where that is
-- gone they are lost; the head of the trail is moved back, so that the municipality can work, and the gap is told.
ALTER TABLE :"schema".audit_entry DISABLE TRIGGER USER;
\if :exists
    INSERT INTO :"schema".audit_entry OVERRIDING SYSTEM VALUE
    SELECT * FROM :"old".audit_entry
    WHERE number > (SELECT coalesce(max(number), 0) FROM :"schema".audit_entry);
    SELECT setval(pg_get_serial_sequence(format('%I.audit_entry', :'schema'), 'id'), coalesce(max(id), 1), max(id) IS NOT NULL)
    FROM :"schema".audit_entry \g /dev/null
\else
    SELECT format('Audit entries %s to %s of %s are lost.', coalesce(max(number), 0) + 1, head, :'schema')
    FROM :"schema".audit_entry, (SELECT number AS head FROM public.audit_head WHERE schema_name = :'schema') AS heads
    GROUP BY head HAVING coalesce(max(number), 0) < head;
    ALTER TABLE public.audit_head DISABLE TRIGGER USER;
    DELETE FROM public.audit_head WHERE schema_name = :'schema';
    INSERT INTO public.audit_head (schema_name, number, digest)
    SELECT :'schema', number, digest FROM :"schema".audit_entry ORDER BY number DESC LIMIT 1;
    ALTER TABLE public.audit_head ENABLE TRIGGER USER;
\endif
ALTER TABLE :"schema".audit_entry ENABLE TRIGGER USER;
SQL
psql --dbname="$DATABASE_URL" --no-psqlrc --quiet --tuples-only --no-align --single-transaction \
    --set ON_ERROR_STOP=1 --set schema="$schema" --set old="${schema}_before_restore" \
    --file="$folder/before.sql" --file="$folder/script.sql" --file="$folder/after.sql"

deploy/grant.sh
python manage.py migrate_tenants --schema "$schema" --verify
python manage.py verify_audit --schema "$schema"
