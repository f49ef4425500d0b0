"""Writing down and issuing the annual summary, and the text it is written in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from povedu.audit.services import changed_fields, record
from povedu.errors import Conflict, Refusal
from povedu.ledger.services import close_year, reopen_year
from povedu.paper.document import Annex, Paper
from povedu.paper.word import check_template
from povedu.scope import Actor, Scope
from reports.choices import EditionState
from reports.models import SummaryEdition, SummaryTemplate
from reports.rules import frozen, text
from reports.selectors import editions, lines

_TEMPLATE_FIELDS = (
    "title",
    "issuer",
    "number",
    "signer",
    "recipients",
    "body",
    "signature",
    "sealed",
    "note",
    "copies_to",
    "printed_by",
)
TEMPLATE_BYTES = 2_000_000


def write_paper(
    summary: lines.Summary, template: SummaryTemplate, *, dated_on: date
) -> tuple[Paper, list[str]]:
    """Return the year's paper in a county's wording, and the placeholders without figures."""
    facts = lines.facts_of(summary)
    with translation.override("zh-hans"):
        body = text.fill(template.body, facts)

        def filled(name: str) -> str:
            words, missing = text.fill_line(str(getattr(template, name)), facts)
            body.missing.extend(missing)
            return words

        annex_title = _("%(year)s年教育扶贫主要数据表") % {"year": summary.year}
        paper = Paper(
            title=filled("title"),
            body=body.blocks,
            issuer=filled("issuer"),
            number=filled("number"),
            signer=template.signer,
            recipients=filled("recipients"),
            signature=filled("signature"),
            dated_on=dated_on,
            sealed=template.sealed,
            note=filled("note"),
            copies_to=filled("copies_to"),
            printed_by=filled("printed_by"),
            printed_on=dated_on if template.printed_by else None,
            annexes=[Annex(annex_title, [text.figures_table("", facts)])],
        )
    return paper, body.missing


@transaction.atomic
def write_summary(
    *, actor: Actor, now: datetime, county_code: str, year: int, job_id: UUID | None = None
) -> SummaryEdition:
    """Write the year's summary down as a draft edition: figures and words of this moment."""
    summary = lines.annual_summary(Scope(county_code), year)
    if not summary.told:
        raise Refusal("summary-empty", _("%(year)s年还没有可以汇总的记录。") % {"year": year})
    template = editions.template_of(county_code)
    paper, _missing = write_paper(summary, template, dated_on=timezone.localdate(now))
    with translation.override("zh-hans"):
        content = lines.as_json(summary)
    packed = frozen.pack(paper)
    edition = SummaryEdition.objects.create(
        county_code=county_code,
        year=year,
        number=editions.next_number(county_code, year),
        title=paper.title.replace("\n", "")[:120],
        content=content,
        paper=packed,
        sha256=frozen.digest(content, packed),
        job_id=job_id,
        made_by_id=actor.user_id,
        made_at=now,
    )
    record(
        actor=actor,
        now=now,
        verb="summary.write",
        subject=edition,
        changes={"sha256": ("", edition.sha256)},
        job_id=job_id,
    )
    return edition


@transaction.atomic
def issue_summary(
    *, actor: Actor, now: datetime, edition: SummaryEdition, locks_period: bool
) -> SummaryEdition:
    """Freeze a draft as issued; the edition in force before it is superseded.

    With ``locks_period`` the ledger takes no more money dated into the year, without it the year
    is open again.
    Refuses the person who wrote it, and an edition whose figures are no longer those on record.
    """
    if edition.made_by_id == actor.user_id:
        raise Refusal("same-person", _("拟稿人不能签发自己拟的总结，请由他人签发。"))
    if frozen.digest(edition.content, edition.paper) != edition.sha256:
        raise Refusal("edition-changed", _("这份总结的内容与拟稿时的校验值不符，不能印发。"))
    SummaryEdition.objects.filter(
        county_code=edition.county_code, year=edition.year, state=EditionState.ISSUED
    ).update(state=EditionState.SUPERSEDED)
    moved = SummaryEdition.objects.filter(pk=edition.pk, state=EditionState.DRAFT).update(
        state=EditionState.ISSUED,
        issued_by_id=actor.user_id,
        issued_at=now,
        locks_period=locks_period,
    )
    if not moved:
        raise Conflict("edition-not-draft", _("这份总结已不是草稿，请刷新后核对。"))
    record(
        actor=actor,
        now=now,
        verb="summary.issue",
        subject=edition,
        changes={"state": (edition.state, EditionState.ISSUED.value)},
    )
    settle = close_year if locks_period else reopen_year
    settle(county_code=edition.county_code, year=edition.year, actor=actor, now=now)
    edition.refresh_from_db()
    return edition


@transaction.atomic
def save_template(
    *, actor: Actor, now: datetime, template: SummaryTemplate, **fields: Any
) -> SummaryTemplate:
    """Save a county's wording; refuses placeholders that mean nothing.

    ``word_file`` is an uploaded Word template, ``drop_word`` goes back to the shipped one.
    """
    word = _word_template(fields.pop("word_file", None))
    drop_word = bool(fields.pop("drop_word", False))
    for name in _TEMPLATE_FIELDS:
        unknown = text.unknown_names(str(fields.get(name, "")))
        if unknown:
            raise Refusal(
                "placeholder-unknown",
                _("这些占位符没有意义：%(names)s。请对照下方说明改正。")
                % {"names": _("、").join(unknown)},
                field=name,
            )
    before = {name: getattr(template, name) for name in _TEMPLATE_FIELDS}
    values: dict[str, Any] = {name: fields[name] for name in _TEMPLATE_FIELDS}
    if word is not None or drop_word:
        values["word_template"] = word
    saved = _store(template, values, actor=actor, now=now)
    changes: Mapping[str, Any] = changed_fields(before, {n: fields[n] for n in _TEMPLATE_FIELDS})
    record(actor=actor, now=now, verb="template.update", subject=saved, changes=changes)
    return saved


def _store(
    template: SummaryTemplate, values: dict[str, Any], *, actor: Actor, now: datetime
) -> SummaryTemplate:
    stamp = {"updated_by_id": actor.user_id, "updated_at": now}
    if template._state.adding:
        return SummaryTemplate.objects.create(county_code=template.county_code, **values, **stamp)
    moved = SummaryTemplate.objects.filter(pk=template.pk, version=template.version).update(
        **values, **stamp, version=F("version") + 1
    )
    if not moved:
        raise Conflict("changed-meanwhile", _("模板刚被他人修改。请刷新后核对再保存。"))
    template.refresh_from_db()
    return template


def _word_template(file: Any) -> bytes | None:
    """Return an uploaded template's bytes after filling it once on trial."""
    if file is None:
        return None
    if file.size > TEMPLATE_BYTES:
        raise Refusal("paper-template", _("公文模板不能超过 2 MB。"), field="word_file")
    content = bytes(file.read())
    check_template(content)
    return content
