"""Models of people who teach."""

from teachers.models.teacher import Posting, Teacher

__all__ = ["Posting", "Teacher"]
