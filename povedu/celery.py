"""Celery application; the job row, not the broker, is the truth (see povedu.jobs)."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povedu.settings")

TRANSPORT_ALIASES["filesystem"] = "povedu.jobs.folder:Transport"

app = Celery("povedu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
