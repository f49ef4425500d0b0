"""Models of people who teach."""

from teachers.models.teacher import Posting, Teacher
from teachers.models.training import Training

__all__ = ["Posting", "Teacher", "Training"]
