#!/bin/sh
# The one step of a deployment before new processes start: the database is brought to this release.
# A municipality whose schema fails is named, shows "updating" to its people, and keeps nobody else waiting.
set -eu

python manage.py migrate_schemas --shared --noinput
python manage.py prepare_template
python manage.py migrate_tenants ||
    echo "Some municipalities are behind: see above, mend what is wrong, and run this again." >&2

deploy/grant.sh
