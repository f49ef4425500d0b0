#!/bin/sh
# Make a checked backup of this installation: on the server's own environment, or in the container.
set -eu
cd "$(dirname "$0")/.."
if [ -x .venv/bin/python ]; then exec .venv/bin/python tools/backup.py make; fi
exec docker compose exec backup python3 /usr/local/bin/povedu-backup make
