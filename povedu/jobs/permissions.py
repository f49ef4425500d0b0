"""Who may see and stop long work; what a kind of job itself needs is declared with the kind."""

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
