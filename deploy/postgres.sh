#!/bin/sh
# Run once by PostgreSQL's image, when its volume is empty: the product's database and its two roles, neither of them a
# superuser. tech4muni owns the tables and makes schemas (migrations, worker); tech4muni_web is what the web runs as.
set -eu

psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$DATABASE_PASSWORD" --set web_password="$WEB_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE tech4muni LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE tech4muni_web LOGIN PASSWORD :'web_password';
CREATE DATABASE tech4muni OWNER tech4muni;
SQL
