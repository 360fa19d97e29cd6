"""What a request is about, judged from its path and headers alone."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from data.domain.rights import Right

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
MAX_TARGET: Final = 2000
#: What everybody who is signed in may ask for.
ANYBODYS: Final = frozenset({"/logout"})
#: Path → the right without which nothing below it is answered, Dash's own endpoints included.
RIGHT_OF: Final[tuple[tuple[str, Right], ...]] = (
    ("/wall", Right.SEE_LIVE),
    ("/live", Right.SEE_LIVE),
    ("/tiles", Right.SEE_LIVE),
    ("/weekly", Right.READ_WEEK),
    ("/risk", Right.READ_RISK),
    ("/history/export", Right.EXPORT),
    ("/history", Right.READ_HISTORY),
    ("/rules", Right.READ_RULES),
    ("/api/v1/rules", Right.READ_RULES),
    ("/feeds", Right.SEE_FEEDS),
    ("/api/v1/feeds", Right.SEE_FEEDS),
    ("/api/v1/dead-letters", Right.MANAGE_LETTERS),
    ("/api/v1/keys", Right.MANAGE_KEYS),
    ("/audit", Right.READ_AUDIT),
    ("/api/v1/audit", Right.READ_AUDIT),
    ("/displays", Right.MANAGE_DISPLAYS),
    ("/api/v1/displays", Right.MANAGE_DISPLAYS),
)


def has_nul(scope: Scope) -> bool:
    """Return whether an address has what no id has and PostgreSQL can't compare."""
    return "\x00" in scope["path"] or b"%00" in scope["query_string"]


def is_open(path: str) -> bool:
    """Return whether a path needs no session."""
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)


def right_for(path: str) -> Right | None:
    """Return the right that a path needs: that of the desk unless the table names another.

    What a command needs besides is asked where it is carried out. ``None``: a session is enough.
    """
    if path in ANYBODYS:
        return None
    named = (right for prefix, right in RIGHT_OF if _starts_with(path, (prefix,)))
    return next(named, Right.LOOK_INTO)


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
