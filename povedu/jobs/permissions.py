"""Who may see and stop long work; what a kind of job itself needs is declared with the kind."""

from django.utils.translation import gettext_lazy as _

from povedu.accounts.choices import Role
from povedu.accounts.policy import EVERYBODY, Grantees, roles

POLICY: dict[str, Grantees] = {
    "jobs.job.view": EVERYBODY,  # one's own
    "jobs.job.cancel": EVERYBODY,  # one's own
    "jobs.job.view_all": roles(Role.COUNTY_ADMIN, Role.SYSTEM_ADMIN),
    "jobs.job.cancel_all": roles(Role.COUNTY_ADMIN, Role.SYSTEM_ADMIN),
    "jobs.file.download": EVERYBODY,  # of one's own jobs only
    "jobs.health.view": roles(Role.COUNTY_ADMIN, Role.SYSTEM_ADMIN),
}

VERBS = {
    "job.start": _("作业开始"),
    "job.done": _("作业完成"),
    "job.failed": _("作业失败"),
    "job.cancelled": _("作业取消"),
    "job.cancel": _("要求取消作业"),
    "job.refuse": _("因权限变化拒绝作业"),
    "file.download": _("下载作业文件"),
    "list.export": _("导出列表"),
}
