"""The database keeps the trails: entries follow one another, and nobody changes, deletes or empties them.

The functions and the heads of all trails live in the public schema, so that one statement can correct them; each
schema has the triggers. `audit_entry_chain` runs with its owner's rights: the role that the application uses in
production may not write heads itself (see `manage.py audit_role_sql`).
"""

import django.core.serializers.json
import django.db.models.deletion
import tech4muni.core.fields
from django.conf import settings
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

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Head',
            fields=[
                ('schema_name', models.TextField(primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField()),
                ('digest', models.TextField()),
            ],
            options={
                'db_table': 'audit_head',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True, verbose_name='number')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('actor', tech4muni.core.fields.PublicForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('actor_label', models.CharField(max_length=200, verbose_name='who')),
                ('verb', models.CharField(max_length=60, verbose_name='what')),
                ('target_type', models.CharField(blank=True, max_length=60, verbose_name='kind of thing')),
                ('target_id', models.CharField(blank=True, max_length=60, verbose_name='id of the thing')),
                ('target_label', models.CharField(blank=True, max_length=200, verbose_name='thing')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('data', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='details')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
                ('host', models.CharField(blank=True, max_length=253, verbose_name='host')),
                ('previous_digest', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='digest')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit entries',
                'ordering': ['-number'],
                'indexes': [models.Index(fields=['target_type', 'target_id', '-number'], name='audit_entry_target')],
            },
        ),
        migrations.RunSQL(SHARED, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
