# The application image (web, worker, beat) and the backup image.
#   docker build -t povedu .            docker build -t povedu-backup --target backup .
# Behind a mirror: --build-arg PYTHON_IMAGE=… --build-arg POSTGRES_IMAGE=… ; offline, see
# tools/bundle.sh, which puts every wheel into wheels/.

ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG POSTGRES_IMAGE=postgres:16-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
COPY requirements.txt ./
COPY wheel[s] /wheels
RUN python -m venv /venv \
    && if [ -d /wheels ]; then \
         /venv/bin/pip install --no-cache-dir --no-index --find-links /wheels -r requirements.txt; \
       else \
         /venv/bin/pip install --no-cache-dir -r requirements.txt; \
       fi
COPY . .
# Secrets of the build only; they stay in this stage.
RUN sh tools/make_secrets.sh /tmp/secrets \
    && POVEDU_MODE=production POVEDU_SECRETS_DIR=/tmp/secrets POVEDU_VAR=/tmp/var \
       POVEDU_STATIC_ROOT=/app/static-root POVEDU_DATABASE_URL=sqlite:////tmp/build.sqlite3 \
       /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q povedu schools teachers students subsidies reports \
    && rm -rf /tmp/secrets /tmp/var wheels tests

FROM ${POSTGRES_IMAGE} AS backup
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-cryptography \
    && rm -rf /var/lib/apt/lists/*
COPY tools/backup.py /usr/local/bin/povedu-backup
USER 10001
ENTRYPOINT ["python3", "/usr/local/bin/povedu-backup"]
CMD ["nightly"]

FROM ${PYTHON_IMAGE} AS app
# Pango and a Chinese font for PDF papers; nothing is compiled here.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk fontconfig \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /var/lib/povedu povedu \
    && install -d -o povedu -g povedu -m 0700 /var/lib/povedu
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    POVEDU_MODE=production \
    POVEDU_VAR=/var/lib/povedu \
    POVEDU_STATIC_ROOT=/app/static-root \
    POVEDU_SECRETS_DIR=/run/secrets
USER povedu
VOLUME /var/lib/povedu
EXPOSE 8000
CMD ["gunicorn", "povedu.wsgi", "--config", "tools/gunicorn.conf.py", "--bind", "0.0.0.0:8000"]
