#!/bin/sh
# Make the secrets of an installation, once: sh tools/make_secrets.sh [FOLDER]
# Existing files are left alone. Keep a copy of the folder on paper or on a medium in a safe:
# without field_keys and index_key the personal data in the database cannot be read by anybody.
set -eu
umask 077
folder=${1:-secrets}
mkdir -p "$folder"

make() {
    [ -e "$folder/$1" ] && return 0
    printf '%s\n' "$2" > "$folder/$1.part"
    mv "$folder/$1.part" "$folder/$1"
    echo "made $folder/$1"
}

random() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
letters() { head -c 48 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 40; }

make secret_key "$(random)$(random)"
make field_keys "k1:$(random)"
make index_key "$(random)"
make chain_key "$(random)"
make backup_key "$(random)"
make database_password "$(letters)"
make database_admin_password "$(letters)"
make redis_password "$(letters)"

# Docker hands each file into the containers that need it, as it is, where users of other numbers
# read it; on this machine the folder keeps everybody else out.
chmod 0700 "$folder"
chmod 0444 "$folder"/*
