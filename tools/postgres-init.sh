#!/bin/bash
# Run once by the database container, on an empty volume: the application's role is no superuser.
# It may create databases, because each backup is restored into a scratch one to be checked.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username postgres \
    -v password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE ROLE povedu LOGIN CREATEDB PASSWORD :'password';
CREATE DATABASE povedu OWNER povedu;
\connect povedu
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO povedu;
SQL
