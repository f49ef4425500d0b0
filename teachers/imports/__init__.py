"""Ledgers about people who teach: the register, postings, training."""

from teachers.imports.postings import POSTINGS
from teachers.imports.teachers import TEACHERS
from teachers.imports.trainings import TRAININGS

__all__ = ["POSTINGS", "TEACHERS", "TRAININGS"]
