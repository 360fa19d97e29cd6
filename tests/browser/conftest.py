"""A real Chromium: an error in its console fails the test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.servers import Application

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]
DESK_SIZE = {"width": 1920, "height": 1080}
TIMEOUT_MS = 15_000

OpenPage = Callable[..., Page]


def chromium() -> str:
    """Path of Debian's Chromium."""
    found = shutil.which("chromium") or "/usr/bin/chromium"
    assert Path(found).exists(), "the tests need Chromium: run `make test-tools` or install it"
    return found


# Of a module, not of the session: Playwright keeps an event loop running in this thread for as
# long as it lives, and asynchronous tests of other modules need one of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def console_errors() -> list[str]:
    """What the pages complained about; a test that provokes errors checks and clears it."""
    return []


@pytest.fixture
def open_page(
    browser: Browser, application: Application, console_errors: list[str]
) -> Iterator[OpenPage]:
    """Open pages, each in a context (cookies, storage) of its own.

    ``open_page(user="duty", path="/", lang="zh", **options)`` signs in unless ``user`` is None;
    options are those of Playwright's ``new_context``.
    """
    contexts = []

    def open_page(
        user: str | None = "duty", path: str = "/", lang: str = "zh", **options: Any
    ) -> Page:
        defaults = {"base_url": application.url, "viewport": DESK_SIZE, "locale": "zh-CN"}
        context = browser.new_context(**{**defaults, **options})
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        context.add_cookies([{"name": "xt_lang", "value": lang, "url": application.url}])
        page = context.new_page()
        watch(page, console_errors)
        if user is None:
            page.goto(path)
        else:
            sign_in(page, user, application.passwords[user], path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert console_errors == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The duty desk of a signed-in duty officer."""
    return open_page()


def watch(page: Page, errors: list[str]) -> None:
    """Collect what the page's console and scripts complain about."""
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))


def sign_in(page: Page, user: str, password: str, path: str) -> None:
    """Sign in as a person does, then go to ``path``."""
    page.goto("/login")
    page.locator("input[name=name]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    if path != "/":
        page.goto(path)
