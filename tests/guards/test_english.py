"""Everything on screen has its English, and switching to it leaves no Chinese interface text.

The county of the guards has Latin names only, so each Chinese character on a page is the product's.
"""

import re
import string

import polib
import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import trans_real

from tests.guards.routes import routes
from tests.guards.sweep import attempts, body_of, visitor

CATALOGUE = settings.BASE_DIR / "locale/en/LC_MESSAGES/django.po"
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sd]")
# Where each language is named in its own words.
OWN_WORDS = re.compile(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', re.DOTALL)
# Amounts in words have one legal form, in Chinese.
IN_WORDS = re.compile(r"人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+")
# The official paper is a Chinese document in either language of the screens.
PAPERS = {"reports:summary-text", "reports:template", "subsidies:wording-edit"}
VISITORS = (
    "clerk of A",
    "aid office",
    "approver",
    "leadership",
    "auditor",
    "security administrator",
)


def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]


def faults(entry: polib.POEntry) -> list[str]:
    """Return what is wrong with one translation."""
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(texts):
        return [f"no English for {entry.msgid!r}"]
    found = [f"Chinese in the English of {entry.msgid!r}" for text in texts if CHINESE.search(text)]
    wanted = sorted(match.group() for match in PLACEHOLDER.finditer(entry.msgid))
    found += [
        f"placeholders differ in the English of {entry.msgid!r}"
        for text in texts
        if sorted(match.group() for match in PLACEHOLDER.finditer(text)) != wanted
    ]
    braces = {name for _, name, _, _ in string.Formatter().parse(entry.msgid) if name}
    found += [
        f"field {name} is missing in the English of {entry.msgid!r}"
        for text in texts
        for name in sorted(braces)
        if "{" + name in entry.msgid and "{" + name not in text
    ]
    return found


def test_every_text_has_its_english():
    wrong = [fault for entry in entries() for fault in faults(entry)]
    assert wrong == [], "\n".join(wrong[:50])


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("学生", ""),
        ("学生", "学生s"),
        ("%(count)d 人", "people"),
        ("%(name)s", "%(nam)s"),
    ],
)
def test_a_poor_translation_is_found(text, english):
    assert faults(polib.POEntry(msgid=text, msgstr=english))


def chinese_in(body: str) -> list[str]:
    """Return the Chinese words of a page that are not a language's own name."""
    return sorted(set(CHINESE.findall(IN_WORDS.sub("", OWN_WORDS.sub("", body)))))


@pytest.fixture
def english(tmp_path, settings):
    """Compile the catalogue of the tree, so that the test needs no compiled file."""
    target = tmp_path / "en/LC_MESSAGES"
    target.mkdir(parents=True)
    polib.pofile(str(CATALOGUE)).save_as_mofile(str(target / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    known = trans_real._translations.copy()
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()
    trans_real._translations.update(known)


@pytest.mark.django_db
def test_the_language_can_be_switched(english, client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get("/accounts/login/")
    assert page["Content-Language"] == "en"
    assert chinese_in(page.text) == []
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert chinese_in(client.get("/accounts/login/").text)  # the control


@pytest.mark.embedded
@pytest.mark.parametrize("name", VISITORS)
def test_no_chinese_is_left_on_any_page(name, english, world, django_db_blocker):
    found: dict[str, list[str]] = {}
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, name)
        who.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        for route in routes():
            if route.name in PAPERS or not route.declares or route.is_api:
                continue
            if not who.may(route.action("GET")):
                continue
            for attempt in attempts(route, who, world):
                if not attempt.visible:
                    continue
                with translation.override(None):
                    answer = who.browser.get(attempt.url)
                if "text/html" in answer.get("Content-Type", "") and answer.status_code < 500:
                    words = chinese_in(body_of(answer))
                    if words:
                        found[f"{route} {answer.status_code}"] = words[:8]
        transaction.set_rollback(True)
    assert found == {}, "\n".join(f"{page}: {words}" for page, words in found.items())
