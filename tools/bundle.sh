#!/bin/sh
# Everything for a machine without internet, in one folder: tools/bundle.sh [FOLDER]
# Run it on a machine with internet, Python 3.11 and (for the images) Docker; carry the folder over.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/bundle}
mkdir -p "$folder/wheels" "$folder/images"
python=$(command -v python3.11 || command -v python3)

git archive --format=tar.gz --prefix=povedu/ -o "$folder/povedu.tar.gz" HEAD
"$python" -m pip download --quiet --only-binary=:all: --dest "$folder/wheels" -r requirements.txt
if command -v docker > /dev/null && docker info > /dev/null 2>&1; then
    docker build --quiet -t povedu:latest .
    docker build --quiet -t povedu-backup:latest --target backup .
    for image in povedu:latest povedu-backup:latest postgres:16-bookworm redis:7-bookworm caddy:2.8; do
        docker image inspect "$image" > /dev/null 2>&1 || docker pull --quiet "$image"
        docker save "$image" | gzip > "$folder/images/$(echo "$image" | tr ':/' '__').tar.gz"
    done
else
    echo "No Docker engine here: the bundle has source and wheels, no images."
fi
cat > "$folder/README.txt" <<'TEXT'
1. sha256sum -c SHA256SUMS
2. tar xzf povedu.tar.gz && cd povedu
With Docker:     for i in ../images/*.tar.gz; do docker load -i $i; done
                 then docs/operations.md from "First start", without --build.
Without Docker:  make run POVEDU_WHEELS=$PWD/../wheels      (Python 3.11 from the system's packages)
TEXT
(cd "$folder" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum > SHA256SUMS)
du -sh "$folder"
