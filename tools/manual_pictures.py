"""Take the pictures of the manual from a running demo county: ``manual_pictures.py URL``."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "manual" / "pictures"
PASSWORD = "Qinghe-2016"  # noqa: S105  # of the demo county only
PICTURES = (
    ("clerk", "todo", "/"),
    ("clerk", "upload", "/intake/add/roster/"),
    ("clerk", "review", "/intake/1/"),
    ("aid", "queue", "/students/findings/queue/"),
    ("aid", "student", "/students/1/"),
    ("aid", "awards", "/subsidies/awards/"),
    ("aid", "notices", "/subsidies/notices/"),
    ("aid", "batches", "/subsidies/batches/"),
    ("projects", "projects", "/schools/projects/"),
    ("meals", "meals", "/schools/meals/month/"),
    ("leader", "dashboard", "/reports/dashboard/"),
    ("leader", "summary", "/reports/summary/2016/"),
    ("auditor", "ledger", "/ledger/"),
)


def main(address: str) -> None:
    """Sign in as each person once and photograph the pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        pages = {}
        for username, name, path in PICTURES:
            if username not in pages:
                context = browser.new_context(viewport={"width": 1366, "height": 768})
                page = pages[username] = context.new_page()
                page.goto(f"{address}/accounts/login/")
                page.fill("input[name=username]", username)
                page.fill("input[name=password]", PASSWORD)
                page.click("form button.btn-primary")
                page.wait_for_load_state("networkidle")
            page = pages[username]
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(FOLDER / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
