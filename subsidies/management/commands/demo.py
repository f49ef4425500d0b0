"""Load the demo county and print its sign-ins."""

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from schools.models import Division
from subsidies.management.demo_county.checking import build_checking
from subsidies.management.demo_county.children import build_children
from subsidies.management.demo_county.desks import build_desks
from subsidies.management.demo_county.giving import build_giving
from subsidies.management.demo_county.invention import COUNTY_CODE, Inventor
from subsidies.management.demo_county.money import build_money
from subsidies.management.demo_county.people import PASSWORD, SIGN_INS, open_accounts
from subsidies.management.demo_county.places import build_places
from subsidies.management.demo_county.samples import write_samples
from subsidies.management.demo_county.settling import build_settling
from subsidies.management.demo_county.works import build_meals, build_projects, build_teachers

ENTERED_AT = datetime(2016, 9, 20, 9, 0, tzinfo=timezone.get_default_timezone())


class Command(BaseCommand):
    """Load an invented county with two years of records; a second run changes nothing."""

    help = "Load the demo county (repeatable) and print the sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load unless the county is there, then print who can sign in."""
        started = time.monotonic()
        if Division.objects.filter(code=f"{COUNTY_CODE}000000").exists():
            self.stdout.write("演示县已在库中。")
        else:
            with transaction.atomic():
                load()
            self.stdout.write(f"演示县已载入，用时 {time.monotonic() - started:.0f} 秒。")
        self.stdout.write(f"样例文件：{settings.VAR_DIR / 'samples'}")
        self.stdout.write(f"登录密码均为 {PASSWORD}：")
        for sign_in in SIGN_INS:
            self.stdout.write(f"  {sign_in.username:<10} {sign_in.post} {sign_in.name}")


def load() -> None:
    """Write the whole county in the caller's transaction."""
    inventor = Inventor()
    county = build_places(inventor.random)
    names = dict(Division.objects.values_list("code", "name"))
    clerk_schools = (
        next(one.code for one in county.schools if one.township == 1 and "中心小学" in one.name),
        next(one.code for one in county.schools if one.township == 2 and "中心小学" in one.name),
    )
    now = timezone.now()
    actors = open_accounts(clerk_schools=clerk_schools, set_at=now)
    build_projects(county, inventor.random)
    build_meals(county, actors["meals"], ENTERED_AT)
    build_teachers(county, inventor)
    children = build_children(county, inventor, actors, names, ENTERED_AT)
    build_money(f"{COUNTY_CODE}000000", actors, children)
    build_giving(f"{COUNTY_CODE}000000", actors, inventor)
    build_desks(f"{COUNTY_CODE}000000", actors)
    build_checking(f"{COUNTY_CODE}000000", actors)
    build_settling(f"{COUNTY_CODE}000000", actors, now)
    write_samples(settings.VAR_DIR / "samples", county, children.all, names)
