"""The database keeps frozen criteria as they are: no row changes, and the freezing itself is not taken back."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION selection_keep_criteria() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
DECLARE
    frozen boolean;
    challenge bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN challenge := OLD.challenge_id; ELSE challenge := NEW.challenge_id; END IF;
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %I.selection_selectionround'
        ' WHERE challenge_id IN ($1, $2) AND frozen_at IS NOT NULL)', TG_TABLE_SCHEMA)
        INTO frozen USING challenge, CASE WHEN TG_OP = 'UPDATE' THEN OLD.challenge_id ELSE challenge END;
    IF frozen THEN
        RAISE EXCEPTION 'The criteria are frozen.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $body$;
CREATE FUNCTION selection_keep_freezing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (NEW.frozen_at, NEW.digest, NEW.frozen_by_id, NEW.challenge_id)
        IS DISTINCT FROM (OLD.frozen_at, OLD.digest, OLD.frozen_by_id, OLD.challenge_id) THEN
        RAISE EXCEPTION 'The criteria are frozen.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER selection_keep_criteria BEFORE INSERT OR UPDATE OR DELETE ON selection_criterion
    FOR EACH ROW EXECUTE FUNCTION selection_keep_criteria();
CREATE TRIGGER selection_keep_freezing BEFORE UPDATE ON selection_selectionround
    FOR EACH ROW EXECUTE FUNCTION selection_keep_freezing();
"""
BACKWARD = """
DROP TRIGGER selection_keep_freezing ON selection_selectionround;
DROP TRIGGER selection_keep_criteria ON selection_criterion;
DROP FUNCTION selection_keep_freezing();
DROP FUNCTION selection_keep_criteria();
"""


class Migration(migrations.Migration):
    dependencies = [("selection", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
