"""Sessions that can all be ended at once; and the database refuses to delete a person."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION accounts_user_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'people are deactivated and anonymised, never deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_user_no_delete BEFORE DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_user_stays();
"""
BACKWARD = """
DROP TRIGGER accounts_user_no_delete ON accounts_user;
DROP FUNCTION accounts_user_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_round",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
