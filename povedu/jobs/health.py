"""Whether the installation is well: what it stands on, looked at one by one.

Details name parts of the machine, never people or records.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError as BrokerError

from povedu import triggers
from povedu.jobs import services
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job, WorkerSign

SECRETS = ("secret_key", "field_keys", "index_key", "chain_key")
BACKUP = "backup"
VERIFY = "jobs.verify"  # the nightly check of the invariants


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found: fine, in need of attention, or broken."""

    name: str
    label: object
    level: str  # "ok", "warning" or "failed"
    detail: str

    @property
    def is_failed(self) -> bool:
        """Say whether the part is broken."""
        return self.level == "failed"


Look = Callable[[datetime], tuple[str, str]]


def _database(_now: datetime) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok", connection.vendor


def _migrations(_now: datetime) -> tuple[str, str]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return "failed", _("有 %(count)s 个数据库迁移未执行") % {"count": len(waiting)}
    return "ok", ""


def _triggers(_now: datetime) -> tuple[str, str]:
    gone = triggers.missing(connection)
    if gone:
        return "failed", _("只增不改的保护触发器缺失：%(names)s") % {"names": ", ".join(gone)}
    return "ok", str(len(triggers.protected_tables()))


def _keys(_now: datetime) -> tuple[str, str]:
    folder = Path(settings.SECRETS_DIR)
    gone = [name for name in SECRETS if not (folder / name).is_file()]
    if gone:
        return "failed", _("密钥文件缺失：%(names)s") % {"names": ", ".join(gone)}
    # Docker's own folder of secrets is another matter: nobody else lives in the container.
    guarded = folder == Path("/run/secrets") or not folder.stat().st_mode & 0o007
    loose = [n for n in SECRETS if not guarded and (folder / n).stat().st_mode & 0o007]
    if loose:
        return "warning", _("密钥文件可被其他账户读取：%(names)s") % {"names": ", ".join(loose)}
    return "ok", ""


def _broker(_now: datetime) -> tuple[str, str]:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        return "ok", str(broker.transport.driver_type)


def _sweeper(now: datetime) -> tuple[str, str]:
    seen = WorkerSign.objects.filter(name=services.SWEEPER).first()
    if seen is None:
        return "failed", _("后台作业进程还没有运行过")
    age = now - seen.seen_at
    if age > timedelta(seconds=15 * settings.JOB_SWEEP_SECONDS):
        return "failed", _("后台作业进程已有 %(minutes)s 分钟没有活动") % {
            "minutes": int(age.total_seconds() // 60)
        }
    return "ok", _("%(seconds)s 秒前活动") % {"seconds": int(age.total_seconds())}


def _queue(now: datetime) -> tuple[str, str]:
    queued = Job.objects.filter(state=JobState.QUEUED)
    if queued.filter(not_before__lt=now - timedelta(minutes=10)).exists():
        return "warning", _("有作业排队超过 10 分钟（共 %(count)s 个）") % {"count": queued.count()}
    return "ok", str(queued.count())


def _disk(_now: datetime) -> tuple[str, str]:
    usage = shutil.disk_usage(settings.VAR_DIR)
    used = 100 - usage.free * 100 // usage.total
    level = "failed" if used >= 95 else "warning" if used >= 85 else "ok"
    return level, _("已用 %(percent)s%%，剩余 %(free)s GB") % {
        "percent": used,
        "free": f"{usage.free / 2**30:.1f}",
    }


def _backup(now: datetime) -> tuple[str, str]:
    done = WorkerSign.objects.filter(name=BACKUP).first()
    if done is None:
        return ("ok" if settings.EMBEDDED else "warning"), _("还没有备份记录")
    age = now - done.seen_at
    level = "warning" if age > timedelta(hours=36) else "ok"
    return level, _("最近一次备份：%(hours)s 小时前") % {"hours": int(age.total_seconds() // 3600)}


def last_verified() -> Job | None:
    """Return the last whole check of the invariants, None before the first."""
    done = Job.objects.filter(kind=VERIFY, state=JobState.DONE)
    return done.order_by("-finished_at").first()


def broken_rows(verified: Job | None) -> dict[str, str]:
    """Return the invariants that did not hold when last looked at, each with its first row."""
    found = (verified.result if verified else {}).get("invariants", {})
    return {code: one["row"] for code, one in found.items() if not one["ok"]}


def _invariants(now: datetime) -> tuple[str, str]:
    verified = last_verified()
    if verified is None or verified.finished_at is None:
        return ("ok" if settings.EMBEDDED else "warning"), _("还没有核对过")
    broken = broken_rows(verified)
    if broken:
        rows = _("；").join(f"{code} {row}" for code, row in broken.items())
        return "failed", _("不成立：%(rows)s") % {"rows": rows}
    hours = int((now - verified.finished_at).total_seconds() // 3600)
    level = "warning" if hours > 36 else "ok"
    return level, _("I1–I8 全部成立，%(hours)s 小时前核对") % {"hours": hours}


LOOKS: dict[str, tuple[object, Look]] = {
    "database": (gettext_lazy("数据库"), _database),
    "migrations": (gettext_lazy("数据库结构"), _migrations),
    "triggers": (gettext_lazy("防篡改触发器"), _triggers),
    "keys": (gettext_lazy("密钥文件"), _keys),
    "broker": (gettext_lazy("消息队列"), _broker),
    "worker": (gettext_lazy("后台作业进程"), _sweeper),
    "queue": (gettext_lazy("排队作业"), _queue),
    "disk": (gettext_lazy("磁盘空间"), _disk),
    "backup": (gettext_lazy("备份"), _backup),
    "invariants": (gettext_lazy("数据不变量"), _invariants),
}
# Without these no page can be served rightly; a worker that is away only makes work wait.
ESSENTIAL = ("database", "migrations", "triggers", "keys")


def look(now: datetime, names: tuple[str, ...] = tuple(LOOKS)) -> list[Finding]:
    """Look at the named parts; a part that cannot be looked at is broken."""
    findings = []
    for name in names:
        label, function = LOOKS[name]
        try:
            level, detail = function(now)
        except (DatabaseError, BrokerError, OSError) as error:
            level, detail = "failed", type(error).__name__
        findings.append(Finding(name, label, level, detail))
    return findings
