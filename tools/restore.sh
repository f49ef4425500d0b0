#!/bin/sh
# Restore a backup into an empty installation, then prove it: tools/restore.sh FILE
# The secrets folder must be in place first; docs/operations.md has the whole drill.
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { echo "usage: tools/restore.sh FILE"; exit 2; }
file=$(realpath "$1")
if [ -x .venv/bin/python ]; then
    .venv/bin/python tools/backup.py restore "$file"
    manage=".venv/bin/python manage.py"
else
    docker compose up -d --wait db
    docker compose run --rm --no-deps -v "$file:/restore.backup:ro" \
        -v povedu_files:/var/lib/povedu backup restore /restore.backup
    docker compose up -d --wait
    manage="docker compose exec web python manage.py"
fi
$manage migrate --check
$manage health --only database migrations triggers keys
$manage verify_ledger
