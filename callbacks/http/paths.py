"""What a request is about, judged from its path and headers alone."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

READINGS: Final = "/api/v1/readings"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: The page of a screen that waits for its pairing.
PAIR: Final = "/pair"
PAIR_SESSION: Final = "/pair/session"
#: Descriptions of the API: a page, and OpenAPI.
DOCS: Final = "/api/docs"
OPENAPI: Final = "/api/openapi.json"
#: Open to everybody; the last four check a key or a session of their own.
OPEN_PATHS: Final = frozenset(
    {
        "/login",
        "/healthz",
        "/readyz",
        "/favicon.ico",
        PAIR,
        PAIR_SESSION,
        "/metrics",
        READINGS,
        DOCS,
        OPENAPI,
    }
)
OPEN_PREFIXES: Final = ("/assets/", "/language/")
#: What an unattended screen needs, and nothing else.
DISPLAY_PREFIXES: Final = ("/wall/", "/live/", "/tiles/")
#: What only an admin may see or do.
ADMIN_PREFIXES: Final = (
    "/feeds",
    "/api/v1/feeds",
    "/audit",
    "/api/v1/audit",
    "/displays",
    "/api/v1/displays",
)
MAX_TARGET: Final = 2000
DISPLAY_PATHS: Final = frozenset({"/wall", "/logout"})


def has_nul(scope: Scope) -> bool:
    """Return whether an address has what no id has and PostgreSQL can't compare."""
    return "\x00" in scope["path"] or b"%00" in scope["query_string"]


def is_open(path: str) -> bool:
    """Return whether a path needs no session."""
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)


def is_for_display(path: str) -> bool:
    """Return whether an account with the role display may ask for this path."""
    return path in DISPLAY_PATHS or path.startswith(DISPLAY_PREFIXES)


def is_for_admin(path: str) -> bool:
    """Return whether only an account with the role admin may ask for this path."""
    return _starts_with(path, ADMIN_PREFIXES)


def is_command(scope: Scope) -> bool:
    """Return whether a request changes something through the API."""
    return scope["method"] not in SAFE_METHODS and scope["path"].startswith("/api/")


def is_page_request(scope: Scope, headers: Headers) -> bool:
    """Return whether a person's browser is opening a page, rather than a script asking for data."""
    if scope["method"] not in {"GET", "HEAD"}:
        return False
    return "text/html" in headers.get("accept", "")


def comes_from_here(headers: Headers) -> bool | None:
    """Return whether a browser says that one of our own pages sent this; ``None``: it says nothing.

    ``Sec-Fetch-Site`` cannot be set by a script; an older browser sends ``Origin`` with a POST.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return None
    return urlsplit(origin).netloc == headers.get("host", "")


def safe_next(target: str | None) -> str:
    r"""Return where to go after signing in: a path of this site, else ``/``.

    Refused are other sites in all their spellings (``//evil``, ``/\evil``, ``https:evil``),
    control characters that a browser would drop, and the sign-in pages themselves.
    """
    if not target or not target.startswith("/") or "\\" in target or len(target) > MAX_TARGET:
        return "/"
    if not target.isprintable():
        return "/"
    parts = urlsplit(target)
    if target.startswith("//") or parts.scheme or parts.netloc:
        return "/"
    return "/" if _starts_with(parts.path, ("/login", "/logout", "/language")) else target


def local_referer(headers: Headers) -> str | None:
    """Return path and query of the page a link was followed on, if it is one of ours."""
    parts = urlsplit(headers.get("referer", ""))
    if not parts.netloc or parts.netloc != headers.get("host"):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _starts_with(path: str, segments: Iterable[str]) -> bool:
    return any(path == segment or path.startswith(f"{segment}/") for segment in segments)
