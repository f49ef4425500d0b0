"""Try every address as one actor, on a row of one's own and on a stranger's, by every method."""

import os
import random
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from povedu.accounts.models import ApiToken, Jurisdiction
from povedu.accounts.tokens import token_digest
from povedu.scope import Actor
from povedu.screens.screen import PUBLIC, SIGNED_IN
from tests import factories as make
from tests.guards.objects import arguments_for
from tests.guards.recorder import digest, writes
from tests.guards.routes import METHODS, Route
from tests.guards.world import World

LOGIN = "/accounts/login/"
# Pages that answer 404 to an empty form: what they look for is in the form, not in the address.
LOOKS_IN_FORM = {
    "accounts:switch-term": "the term to switch to",
    "accounts:switch-jurisdiction": "the jurisdiction to switch to",
    "accounts:switch-language": "the language to switch to",
    "audit:reveal": "which value to open",
}
# Looks that are written down: taking a file with protected values leaves an audit entry.
RECORDED = {
    "intake:batch-answer": "the clerk's own file goes out",
    "jobs:file-download": "a job's file goes out",
    "reports:counties-file": "the comparison of counties goes out",
    "students:evidence-open": "a paper goes out",
    "subsidies:paper-open": "a paper goes out",
}
# How many addresses are tried between two digests of all tables.
HANDFUL = 10
# Where somebody signed in is rightly led to the sign-in page.
LEADS_OUT = {"accounts:logout": "signing out ends there"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who tries addresses: a browser, a key for the API, and who they are."""

    name: str
    actor: Actor | None
    browser: Client
    token: str = ""

    def may(self, action: str) -> bool:
        """Say what the policy says."""
        if action == PUBLIC:
            return True
        if self.actor is None:
            return False
        return action == SIGNED_IN or self.actor.may(action)


def visitor(world: World, name: str) -> Visitor:
    """Return a member of the cast, signed in once, or somebody who is not."""
    browser = Client(raise_request_exception=False)
    if name == "anonymous":
        return Visitor(name, None, browser)
    if name == "disabled account":
        user = make.JurisdictionFactory(role="county_admin", office="").user
        browser.force_login(user)
        type(user).objects.filter(pk=user.pk).update(is_active=False)
        return Visitor(name, None, browser, _key(user))
    actor = world.actors[name]
    browser.force_login(world.user(actor))
    return Visitor(name, actor, browser, _key(world.user(actor)))


def _key(user: Any) -> str:
    text = f"key-of-{user.pk}"
    jurisdiction = Jurisdiction.objects.get(user=user)
    if not ApiToken.objects.filter(digest=token_digest(text)).exists():
        make.ApiTokenFactory(jurisdiction=jurisdiction, digest=token_digest(text))
    return text


@dataclass(frozen=True)
class Attempt:
    """One address with its arguments filled in, and whether the row is the visitor's to see."""

    route: Route
    url: str
    visible: bool


def attempts(route: Route, who: Visitor, world: World) -> Iterator[Attempt]:
    """Return the address with an own and a strange row; without arguments once."""
    if not route.arguments:
        yield Attempt(route, reverse(route.name), visible=True)
        return
    entry = arguments_for(route.name)
    if entry is None:
        raise LookupError(f"{route}: no row to try it with; add one to tests/guards/objects.py")
    actor = who.actor or world.actors["auditor"]
    for place in world.places_for(actor):
        given = entry.build(place, actor)
        missing = set(route.arguments) - set(given)
        if missing:
            raise LookupError(f"{route}: objects.py gives no {sorted(missing)}")
        kwargs = {name: given[name] for name in route.arguments}
        yield Attempt(route, reverse(route.name, kwargs=kwargs), entry.visible(actor, place))


def expected(attempt: Attempt, method: str, who: Visitor) -> set[int] | None:
    """Return the statuses the policy asks for; None where the visitor may, and the page decides."""
    route = attempt.route
    offered = hasattr(route.view, method.lower()) or bool(
        getattr(route.view, "actions_by_method", {}).get(method)
    )
    action = route.action(method)
    if route.is_api:
        if who.actor is None:
            is_page = not hasattr(route.view, "actions_by_method")  # the description to read
            refused = {302, 401} if is_page else {401}
            return refused if action != PUBLIC else None
        if not offered:
            return {405}
    if who.actor is None and action != PUBLIC:
        return {302, 401}
    if not who.may(action):
        return {403}
    if not offered:
        return {405}
    return None if attempt.visible else {404}


def judge(attempt: Attempt, method: str, who: Visitor, answer: HttpResponse) -> str:
    """Return what is wrong with an answer, "" for nothing."""
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    wanted = expected(attempt, method, who)
    if wanted is not None:
        return _judge_refusal(wanted, method, answer)
    return _judge_page(attempt, who, answer)


def _leads_to_login(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and urlsplit(answer["Location"]).path == LOGIN


def _judge_refusal(wanted: set[int], method: str, answer: HttpResponse) -> str:
    status = answer.status_code
    if wanted == {404} and status == 400 and method == "POST":
        return ""  # an empty form is refused before its row is looked up, whoever's it is
    if status not in wanted:
        return f"answered {status}, expected {sorted(wanted)}"
    if status == 302 and not _leads_to_login(answer):
        return f"led to {answer['Location']}, not to the sign-in page"
    return ""


def _judge_page(attempt: Attempt, who: Visitor, answer: HttpResponse) -> str:
    status = answer.status_code
    if status in {401, 403}:
        return f"answered {status} to somebody who may"
    if _leads_to_login(answer) and who.actor is not None and attempt.route.name not in LEADS_OUT:
        return "led somebody signed in to the sign-in page"
    if status == 404 and attempt.route.name not in LOOKS_IN_FORM:
        return "answered 404 for a row of one's own"
    return ""


def headers_of(attempt: Attempt, answer: HttpResponse, who: Visitor) -> list[str]:
    """Return the security headers that an answer lacks."""
    wrong = [
        f"{name} is {answer.get(name)!r}"
        for name, value in HEADERS.items()
        if answer.get(name) != value
    ]
    policy = answer.get("Content-Security-Policy", "")
    if policy.startswith("sandbox; default-src 'none'"):
        return wrong  # a file: stricter than any page
    if "default-src 'self'" not in policy or "frame-ancestors 'none'" not in policy:
        wrong.append("no strict Content-Security-Policy")
    if "unsafe" in policy or "http" in policy or "*" in policy:
        wrong.append(f"loose Content-Security-Policy: {policy}")
    if who.actor is not None and "no-store" not in answer.get("Cache-Control", ""):
        wrong.append("may be kept by the browser")
    return wrong


def body_of(answer: HttpResponse) -> str:
    """Return an answer's text, also of a streamed one."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode("utf-8", "replace")


def chosen(found: list[Any]) -> list[Any]:
    """Return what to try: all, or a seeded sample where the environment asks for one."""
    if not os.environ.get("POVEDU_TEST_SAMPLE"):
        return found
    return random.Random(20161101).sample(found, max(len(found) // 4, min(len(found), 25)))


def sweep(found: list[Route], who: Visitor, world: World, canaries: list[str]) -> list[str]:
    """Try every address; return the faults.

    What an allowed request writes is rolled back. What a refused one writes stays, so that the
    digests around each handful of addresses see it.
    """
    faults: list[str] = []
    for first in range(0, len(found), HANDFUL):
        handful = found[first : first + HANDFUL]
        tried: list[tuple[Attempt, str]] = []
        for route in handful:
            try:
                tried += requests_of(route, who, world)
            except LookupError as unlisted:
                faults.append(str(unlisted.args[0]))
        before = digest()
        for attempt, method in tried:
            row = "own" if attempt.visible else "strange"
            faults += [
                f"{who.name}: {method} {attempt.route} ({row}): {wrong}"
                for wrong in request(attempt, method, who, canaries)
            ]
        after = digest()
        changed = sorted(table for table in before if before[table] != after[table])
        if changed:
            names = ", ".join(map(str, handful))
            faults.append(f"{who.name}: refused requests changed {changed}; one of {names}")
    return faults


def requests_of(route: Route, who: Visitor, world: World) -> list[tuple[Attempt, str]]:
    """Return the rows and methods to try an address with; its rows are made now."""
    if not route.declares:
        return []
    tried = list(attempts(route, who, world))
    # What is not offered is refused before any row is looked up: once is enough.
    return [
        (attempt, method)
        for attempt in tried
        for method in (METHODS if attempt is tried[0] else METHODS[:2])
    ]


def request(attempt: Attempt, method: str, who: Visitor, canaries: list[str]) -> list[str]:
    """Send one request; return what is wrong with it. What it may write is rolled back."""
    headers = {}
    if attempt.route.is_api and who.token:
        headers["Authorization"] = f"Token {who.token}"
    cookies = copy(who.browser.cookies)
    refused = expected(attempt, method, who) is not None
    with override(None), transaction.atomic(), writes() as written:
        answer = who.browser.generic(
            method, attempt.url, content_type="application/x-www-form-urlencoded", headers=headers
        )
        body = body_of(answer)
        transaction.set_rollback(not refused)
    who.browser.cookies = cookies  # signing out is rolled back with the rest
    found = [wrong] if (wrong := judge(attempt, method, who, answer)) else []
    found += headers_of(attempt, answer, who)
    looked = method == "GET" and attempt.route.name in RECORDED
    if looked and not refused:
        written = [table for table in written if table != "audit_auditentry"]
    if written and (refused or method == "GET"):
        found.append(f"wrote to {sorted(set(written))}")
    if answer.status_code == 200:
        found += [f"shows {canary}" for canary in canaries if canary in body]
    return found
