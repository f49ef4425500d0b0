"""The only writers of teachers and postings."""

from teachers.services.postings import PostingDetails, create_posting, edit_posting, end_posting
from teachers.services.teachers import (
    TeacherDetails,
    create_teacher,
    edit_teacher,
    record_leaving,
    record_return,
)

__all__ = [
    "PostingDetails",
    "TeacherDetails",
    "create_posting",
    "create_teacher",
    "edit_posting",
    "edit_teacher",
    "end_posting",
    "record_leaving",
    "record_return",
]
