"""Ledgers of places that can be brought in, and the answers that intake needs about places."""

from povedu.intake.places import Places, answer_with
from schools.imports.equipment import EQUIPMENT
from schools.imports.meals import MEALS
from schools.imports.projects import PROJECTS
from schools.imports.schools import SCHOOLS
from schools.selectors.naming import county_codes, division_of_school, schools_to_choose

__all__ = ["EQUIPMENT", "MEALS", "PROJECTS", "SCHOOLS"]

answer_with(
    Places(counties=county_codes, division_of=division_of_school, schools=schools_to_choose)
)
