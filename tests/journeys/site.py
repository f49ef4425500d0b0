"""A whole installation of its own: demo county, web server, real worker, real browser."""

import os
import re
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Qinghe-2016"
PRIMARY = "main form button.btn-primary"
SLOW = 180_000  # a worker on a busy machine


def free_port() -> int:
    """Return a port of the loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The demo county served on the loopback, with the database and broker of the environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = ""
        self.environment = {
            **os.environ,
            "POVEDU_VAR": str(folder),
            "POVEDU_MODE": "embedded",
            "POVEDU_QUEUE": f"journeys-{uuid.uuid4().hex[:8]}",
            "POVEDU_SWEEP_SECONDS": "2",
            "DJANGO_SETTINGS_MODULE": "povedu.settings",
        }
        self.environment.pop("POVEDU_SECRETS_DIR", None)
        self._own_database()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.signed_in: dict[str, StorageState] = {}  # who has signed in once stays so

    def _own_database(self) -> None:
        url = os.environ.get("POVEDU_DATABASE_URL", "")
        if not url.startswith("postgres"):
            self.environment.pop("POVEDU_DATABASE_URL", None)
            return
        self.database = f"journeys_{uuid.uuid4().hex[:8]}"
        self._psql(f'CREATE DATABASE "{self.database}"')
        parts = urlsplit(url)
        self.environment["POVEDU_DATABASE_URL"] = parts._replace(path=f"/{self.database}").geturl()

    def _psql(self, statement: str) -> None:
        import psycopg2

        parts = urlsplit(os.environ["POVEDU_DATABASE_URL"])
        link = psycopg2.connect(
            dbname="postgres",
            user=parts.username,
            password=parts.password or None,
            host=parts.hostname,
            port=parts.port or 5432,
        )
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
        link.close()

    def manage(self, *arguments: str, timeout: int = 900) -> str:
        """Run a management command and return what it printed; raise where it failed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode in (0, 1), done.stderr[-3000:]
        return done.stdout

    def start(self) -> None:
        """Migrate, load the demo county, start a web server and a worker with beat."""
        self.manage("migrate", "-v0")
        self.manage("demo")
        log = (self.folder / "site.log").open("ab")
        bind = f"--listen=127.0.0.1:{self.port}"
        web = ["-m", "waitress", "--threads=4", bind, "povedu.wsgi:application"]
        worker = ["-m", "celery", "-A", "povedu", "worker", "-B", "--concurrency", "1"]
        worker += ["--schedule", str(self.folder / "beat"), "--loglevel", "WARNING"]
        for arguments in (web, worker):
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, *arguments],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        self._wait()

    def _wait(self) -> None:
        for _ in range(120):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2):
                    return
            except OSError:
                time.sleep(0.5)
        raise AssertionError((self.folder / "site.log").read_text()[-3000:])

    def stop(self) -> None:
        """End the processes and drop the database."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        if self.database:
            self._psql(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')


class Desk:
    """One person at a browser: signs in and keeps what the browser complains about."""

    def __init__(self, site: Site, browser: Browser, username: str) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1366, "height": 768},
            locale="zh-CN",
            accept_downloads=True,
            storage_state=site.signed_in.get(username),
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site.url, "data:", "blob:"))
                else self.complaints.append(f"outside: {request.url}")
            ),
        )
        if username not in site.signed_in:
            self._sign_in(username)

    def _sign_in(self, username: str) -> None:
        self.page.goto(f"{self.site.url}/accounts/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("form button.btn-primary")
        self.page.wait_for_url(lambda url: "/login" not in url)
        self.site.signed_in[username] = self.context.storage_state()

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(f"{self.site.url}{path}")
        return self.page

    def leave(self) -> None:
        """Close the browser window; the page must not have complained."""
        complaints, self.complaints = self.complaints, []
        self.context.close()
        assert not complaints, complaints


def compare(desk: Desk) -> None:
    """Start a run over the term in the browser, whatever has changed, and wait until it is done."""
    for _turn in range(60):
        page = desk.open("/students/runs/start/")
        page.select_option("select[name=term]", "2016-1")
        page.check("input[name=again]")
        page.click(PRIMARY)
        page.wait_for_load_state()
        if "/jobs/" in page.url:
            break
        desk.complaints.clear()  # the refusal itself: the run of the night is still under way
        page.wait_for_timeout(2000)
    finish(desk.page)


def finish(page: Page) -> None:
    """Wait on a job's own page until it has ended."""
    page.wait_for_url(re.compile(r"/jobs/"))
    expect(page.get_by_text("已完成", exact=True)).to_be_visible(timeout=SLOW)
