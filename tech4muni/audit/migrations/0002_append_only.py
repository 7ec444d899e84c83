"""The database keeps the trails: entries follow one another, and nobody changes, deletes or empties them.

The functions and the heads of all trails live in the public schema, so that one statement can correct them; each
schema has the triggers. `audit_entry_chain` runs with its owner's rights: the role that the application uses in
production may not write heads itself (see `manage.py audit_role_sql`).
"""

from django.db import migrations, models

SHARED = """
DO $shared$
BEGIN
    IF to_regclass('public.audit_head') IS NOT NULL THEN
        RETURN;
    END IF;

    CREATE TABLE public.audit_head (
        schema_name text PRIMARY KEY,
        number bigint NOT NULL CHECK (number > 0),
        digest text NOT NULL
    );

    CREATE FUNCTION public.audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
    BEGIN
        RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'restrict_violation';
    END $body$;

    CREATE FUNCTION public.audit_entry_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog AS $body$
    DECLARE
        head public.audit_head;
        last_digest text := repeat('0', 64);
    BEGIN
        SELECT * INTO head FROM public.audit_head WHERE schema_name = TG_TABLE_SCHEMA FOR UPDATE;
        IF FOUND THEN
            last_digest := head.digest;
        ELSIF NEW.number > 1 THEN  -- a trail that was moved here from another server
            EXECUTE format('SELECT digest FROM %I.audit_entry WHERE number = $1', TG_TABLE_SCHEMA)
                INTO last_digest USING NEW.number - 1;
        END IF;
        IF NEW.previous_digest IS DISTINCT FROM last_digest OR NEW.number <> coalesce(head.number + 1, NEW.number) THEN
            RAISE EXCEPTION 'Entry % does not follow the last entry of the audit trail.', NEW.number
                USING ERRCODE = 'restrict_violation';
        END IF;
        INSERT INTO public.audit_head VALUES (TG_TABLE_SCHEMA, NEW.number, NEW.digest)
            ON CONFLICT (schema_name) DO UPDATE SET number = EXCLUDED.number, digest = EXCLUDED.digest;
        RETURN NEW;
    END $body$;

    CREATE FUNCTION public.audit_head_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
    BEGIN
        IF NEW.schema_name <> OLD.schema_name OR NEW.number <> OLD.number + 1 THEN
            RAISE EXCEPTION 'The head of an audit trail only moves on.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $body$;

    CREATE TRIGGER audit_head_forward BEFORE UPDATE ON public.audit_head
        FOR EACH ROW EXECUTE FUNCTION public.audit_head_forward();
    CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON public.audit_head
        FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
    CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON public.audit_head
        FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
END $shared$;
"""
FORWARD = """
CREATE TRIGGER audit_entry_chain BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION public.audit_entry_chain();
CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
"""
BACKWARD = """
DROP TRIGGER audit_entry_no_truncate ON audit_entry;
DROP TRIGGER audit_entry_no_change ON audit_entry;
DROP TRIGGER audit_entry_chain ON audit_entry;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("schema_name", models.TextField(primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField()),
                ("digest", models.TextField()),
            ],
            options={"managed": False, "db_table": "audit_head"},
        ),
        migrations.RunSQL(SHARED, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
