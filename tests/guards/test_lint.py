"""House rules that the source itself shows: who writes, who wakes workers, who opens workbooks."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("povedu", "schools", "teachers", "students", "subsidies", "reports")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

WRITES = {
    "save",
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "get_or_create",
    "update_or_create",
    "insert_rows",
    "write_rows",
}
# Where rows may be written: services, commands, the bulk tools themselves.
WRITING_ROOMS = re.compile(r"(^|/)(services|management)(/|\.py$)|povedu/bulk\.py$")
# Other files that write, each with its reason. A stale line fails.
WRITING_FILES = {
    "povedu/accounts/selectors.py": "the built-in operator's account is made when first asked for",
    "povedu/accounts/tokens.py": "a key notes the day it was last used",
    "povedu/jobs/runner.py": "a command runs its own job at once, without waiting between tries",
    "povedu/jobs/handle.py": "the running work reports its progress, apart from its transaction",
}
# Names that write only when they belong to a query set or a row; dictionaries have update too.
AMBIGUOUS = {"update", "create", "delete", "save"}
QUERYSET_WORDS = re.compile(r"objects|filter|exclude|all\(|_default_manager|queryset|\.using\(")

Fault = tuple[int, str]
Rule = Callable[[ast.AST, str], Iterator[Fault]]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield each call with the name called and the text before it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute):
            yield node, node.func.attr, ast.unparse(node.func.value)
        elif isinstance(node.func, ast.Name):
            yield node, node.func.id, ""


def row_writes(tree: ast.AST, file: str) -> Iterator[Fault]:
    """Only services write rows."""
    if WRITING_ROOMS.search(file):
        return
    for node, name, before in calls(tree):
        if name not in WRITES:
            continue
        if name in AMBIGUOUS and not QUERYSET_WORDS.search(before):
            continue
        if name == "write_rows" and before not in {"", "bulk"}:
            continue  # a workbook's
        yield node.lineno, f"{before}.{name}() outside a service"


def bare_delays(tree: ast.AST, file: str) -> Iterator[Fault]:
    """Workers are woken after commit, by the jobs app only."""
    for node, name, before in calls(tree):
        if name in {"delay", "apply_async"} or (
            name == "send_task" and not file.startswith("povedu/jobs/")
        ):
            yield node.lineno, f"{before}.{name}() wakes a worker inside a transaction"


def opened_workbooks(tree: ast.AST, file: str) -> Iterator[Fault]:
    """Only intake reads workbooks, only the one writer makes them."""
    allowed = re.compile(r"^povedu/(intake/|workbook\.py|sheets\.py)|/exports(/|\.py)")
    if allowed.search(file):
        return
    for node, name, before in calls(tree):
        opens = name in {"load_workbook", "Workbook", "CalamineWorkbook"}
        if opens or (before.startswith(("openpyxl", "CalamineWorkbook", "xlsxwriter"))):
            yield node.lineno, f"{name}() opens a workbook"


def trusted_markup(tree: ast.AST, file: str) -> Iterator[Fault]:
    """Text becomes markup through format_html only."""
    for node, name, _before in calls(tree):
        constant = all(isinstance(one, ast.Constant) for one in node.args)
        if name in {"mark_safe", "SafeString", "SafeText"} and not constant:
            yield node.lineno, f"{name}() trusts text as markup"


def clocks(tree: ast.AST, file: str) -> Iterator[Fault]:
    """Rules and selectors know no clock and no settings of the moment."""
    if not re.search(r"/(rules|selectors|querysets)(/|\.py)", file):
        return
    for node, name, before in calls(tree):
        if name in {"now", "today"} and before.split(".")[-1] in {"timezone", "datetime", "date"}:
            yield node.lineno, f"{before}.{name}() reads the clock"


def foreign_days(tree: ast.AST, file: str) -> Iterator[Fault]:
    """An instant's day is the county's: until eight in the morning UTC has the day before."""
    for node, name, before in calls(tree):
        if name == "date" and not node.args and before.split(".")[-1] == "now":
            yield node.lineno, f"{before}.date() is a day in UTC: timezone.localtime(…).date()"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (row_writes, bare_delays, opened_workbooks, trusted_markup, clocks, foreign_days)
}
EXEMPT: dict[str, dict[str, str]] = {
    "row_writes": WRITING_FILES,
    "opened_workbooks": {
        "subsidies/management/demo_county/samples.py": "makes the messy files to practise with",
    },
    "trusted_markup": {
        "povedu/screens/templatetags/screens.py": "draws rows of cells that are escaped",
    },
}


def faults(rule: Rule) -> dict[str, list[str]]:
    """Return the faults by file."""
    found: dict[str, list[str]] = {}
    for path in SOURCES:
        file = name_of(path)
        tree = ast.parse(path.read_text(), file)
        lines = [f"{file}:{line}: {what}" for line, what in rule(tree, file)]
        if lines:
            found[file] = lines
    return found


@pytest.mark.parametrize("name", RULES)
def test_the_house_rule_holds(name):
    found = faults(RULES[name])
    exempt = EXEMPT.get(name, {})
    wrong = [line for file, lines in found.items() if file not in exempt for line in lines]
    assert wrong == [], "\n".join(wrong)
    assert sorted(set(exempt) - set(found)) == [], "exemptions that exempt nothing"


@pytest.mark.parametrize(
    ("name", "file", "source"),
    [
        ("row_writes", "students/views.py", "Student.objects.filter(pk=1).update(name='x')"),
        ("row_writes", "students/selectors.py", "Student.objects.create(name='x')"),
        ("row_writes", "students/tasks.py", "insert_rows(Student, ['name'], rows)"),
        ("bare_delays", "students/views.py", "reconcile.delay(1)"),
        ("bare_delays", "students/services.py", "current_app.send_task('x')"),
        ("opened_workbooks", "students/views.py", "openpyxl.load_workbook(file)"),
        ("opened_workbooks", "students/services/x.py", "CalamineWorkbook.from_path(file)"),
        ("trusted_markup", "students/tables.py", "mark_safe(name)"),
        ("clocks", "students/rules/age.py", "timezone.now()"),
        ("clocks", "students/selectors.py", "date.today()"),
        ("foreign_days", "students/imports/x.py", "context.now.date()"),
    ],
)
def test_each_rule_finds_its_breach(name, file, source):
    assert list(RULES[name](ast.parse(source), file))


def test_the_rules_leave_the_innocent_alone():
    innocent = (
        "rows.update(other)\nlabels.update({1: 2})\nform.save\ncache = {}\nformat_html('{}', x)"
    )
    for rule in RULES.values():
        assert not list(rule(ast.parse(innocent), "students/views.py"))


# Templates.

UNSAFE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style|\sstyle=|\son\w+="
)
OUTSIDE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//")


def template_faults(text: str) -> list[str]:
    """Return what the policy for content, or the missing internet, would break."""
    found = [f"trusts text: {match.group()}" for match in UNSAFE.finditer(text)]
    found += [f"inline: {match.group()}" for match in INLINE.finditer(text)]
    found += [f"from outside: {match.group()}" for match in OUTSIDE.finditer(text)]
    posts = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE)
    found += ["a form without its token" for form in posts if "csrf_token" not in form]
    return found


# Papers are laid out by WeasyPrint on the server, never served as pages.
PAPERS = re.compile(r"^templates/(papers?|reports/papers?)/")


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_strict(path):
    if PAPERS.match(name_of(path)):
        found = [fault for fault in template_faults(path.read_text()) if "inline" not in fault]
    else:
        found = template_faults(path.read_text())
    assert found == []


def test_the_template_check_finds_each_fault():
    for bad in (
        "{{ name|safe }}",
        "{% autoescape off %}",
        "<script>alert(1)</script>",
        '<div style="color: red">',
        '<a onclick="go()">',
        '<script src="https://cdn.example/x.js">',
        '<form method="post"><button>x</button></form>',
    ):
        assert template_faults(bad), bad
    assert not template_faults('<form method="post">{% csrf_token %}</form><a href="/x/">x</a>')


def test_no_real_looking_identity_numbers_are_kept_in_the_repository():
    """Every whole number in tests and samples is invented: its place is our own county's."""
    from povedu.identity import has_valid_check

    number = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
    for path in [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *TEMPLATES]:
        for found in number.findall(path.read_text()):
            assert not has_valid_check(found) or found.startswith(
                ("53062", "11010119", "530602")
            ), f"{name_of(path)}: {found}"
