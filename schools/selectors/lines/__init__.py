"""Lines of the annual summary from meal reports, projects, equipment and pupil counts."""

from schools.selectors.lines.meals import MEALS
from schools.selectors.lines.projects import PROJECTS, projects_by_state, projects_of_year
from schools.selectors.lines.pupils import PUPILS, pupil_counts

__all__ = [
    "MEALS",
    "PROJECTS",
    "PUPILS",
    "projects_by_state",
    "projects_of_year",
    "pupil_counts",
]
