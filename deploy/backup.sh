#!/bin/sh
# Write a backup of the database to standard output: of everything, or of one municipality's schema.
#   deploy/backup.sh > everything.dump
#   deploy/backup.sh strumica > strumica.dump
set -eu

if [ $# -eq 0 ]; then
    exec pg_dump --dbname="$DATABASE_URL" --format=custom
fi
exec pg_dump --dbname="$DATABASE_URL" --format=custom --strict-names --schema="$1"
