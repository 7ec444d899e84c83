"""People; and the database refuses to delete one."""

import django.db.models.functions.text
import tech4muni.core.clock
import uuid
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

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=tech4muni.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(default=tech4muni.core.clock.now, editable=False)),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('language', models.CharField(choices=[('en-gb', 'English'), ('de', 'German'), ('he', 'Hebrew'), ('mk', 'Macedonian'), ('sq', 'Albanian')], default='en-gb', max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(default='UTC', max_length=60, verbose_name='time zone')),
                ('is_coordinator', models.BooleanField(default=False, help_text='Works across all municipalities, in the admin.', verbose_name='coordinator')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('deactivated_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deactivated')),
                ('anonymised_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='anonymised')),
                ('session_round', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ['email'],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_lower_case'), models.CheckConstraint(condition=models.Q(('anonymised_at__isnull', True), ('is_active', False), _connector='OR'), name='user_anonymised_is_inactive')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
