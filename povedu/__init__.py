"""Project package and house framework."""

from povedu.celery import app as celery_app

__all__ = ["celery_app"]
