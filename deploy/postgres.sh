#!/bin/sh
# Run once by PostgreSQL's image when its volume is empty: the product's role, which is no superuser, and its database.
set -eu

psql --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE tech4muni LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE tech4muni OWNER tech4muni;
SQL
