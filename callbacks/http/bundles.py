"""Files of the browser: our ``/assets/{hash}/…`` and Dash's component suites, compressed once.

Small files are compressed at their first request; large bundles get brotli's best in a
background thread, kept in ``data_dir/compressed`` so that the next start has them at once.
"""

import gzip
import hashlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final

import brotli
from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callbacks.http.modules import bundle
from callbacks.http.problems import Problem

IMMUTABLE: Final = "public, max-age=31536000, immutable"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
#: Already compressed; trying again only costs time.
PACKED: Final = frozenset({".png", ".webp", ".woff2", ".mp3"})
FIRST_QUALITY: Final = 5
BEST_QUALITY: Final = 11
#: brotli 11 takes about 2 s a megabyte; larger ones (Plotly) make do with 9.
LARGE_BYTES: Final = 1_500_000
LARGE_QUALITY: Final = 9
MIN_BYTES: Final = 1000
SUITES: Final = "/_dash-component-suites/"
#: Dash puts version and time of change into the name: ``bundle.v4_4_1m1732000000.js``.
FINGERPRINT = re.compile(r"\.v[\w-]+m\d+[.\w-]*$")
MAX_SUITES: Final = 500


@dataclass(slots=True)
class Bundle:
    """One file in the forms in which it is sent."""

    plain: bytes
    media_type: str
    brotli: bytes = b""
    gzip: bytes = b""
    best: bool = False


@dataclass
class Compressor:
    """Compresses bundles; the expensive way only once per content, and only once started."""

    folder: Path
    _known: dict[str, Bundle] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: list[tuple[str, Bundle]] = field(default_factory=list)
    _background: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Begin to find the best form of everything, one after the other in a thread."""
        with self._lock:
            self._background = ThreadPoolExecutor(1, thread_name_prefix="brotli")
            for digest, bundle in self._waiting:
                self._background.submit(self._improve, digest, bundle)
            self._waiting.clear()

    def add(self, path: str, content: bytes) -> Bundle:
        """Return the bundle of a file's content; the best compression follows in the background."""
        suffix = PurePosixPath(path).suffix
        media_type = MEDIA_TYPES.get(suffix, "application/octet-stream")
        digest = hashlib.sha256(content).hexdigest()
        with self._lock:
            known = self._known.get(digest)
            if known is None:
                known = self._known[digest] = self._made(digest, content, suffix, media_type)
        return known

    def close(self) -> None:
        """Give up what is still waiting for compression."""
        if self._background is not None:
            self._background.shutdown(wait=False, cancel_futures=True)

    def wait(self) -> None:
        """Wait until everything known so far has its best form."""
        if self._background is not None:
            self._background.submit(lambda: None).result()

    def _made(self, digest: str, content: bytes, suffix: str, media_type: str) -> Bundle:
        made = Bundle(content, media_type)
        if suffix in PACKED or len(content) < MIN_BYTES:
            made.best = True
            return made
        kept = self._read(digest, content)
        made.best = kept is not None
        made.brotli = kept or brotli.compress(content, quality=FIRST_QUALITY)
        made.gzip = gzip.compress(content, 6, mtime=0)
        if not made.best and self._background is None:
            self._waiting.append((digest, made))
        elif not made.best and self._background is not None:
            self._background.submit(self._improve, digest, made)
        return made

    def _improve(self, digest: str, bundle: Bundle) -> None:
        quality = LARGE_QUALITY if len(bundle.plain) > LARGE_BYTES else BEST_QUALITY
        bundle.brotli = brotli.compress(bundle.plain, quality=quality)
        bundle.best = True
        self.folder.mkdir(parents=True, exist_ok=True)
        # Written aside and moved: another process may read it at this moment.
        half = self.folder / f"{digest}.{threading.get_native_id()}.part"
        half.write_bytes(bundle.brotli)
        half.replace(self.folder / f"{digest}.br")

    def _read(self, digest: str, content: bytes) -> bytes | None:
        try:
            kept = (self.folder / f"{digest}.br").read_bytes()
            return kept if brotli.decompress(kept) == content else None
        except (OSError, brotli.error):
            return None


def bundle_response(bundle: Bundle, headers: Headers, cache_control: str) -> Response:
    """Return the bundle in the best form that the client accepts."""
    accepted = headers.get("accept-encoding", "")
    sent = {"cache-control": cache_control, "vary": "accept-encoding"}
    body = bundle.plain
    if "br" in accepted and bundle.brotli:
        body, sent["content-encoding"] = bundle.brotli, "br"
    elif "gzip" in accepted and bundle.gzip:
        body, sent["content-encoding"] = bundle.gzip, "gzip"
    return Response(body, HTTPStatus.OK, {**sent, "content-type": bundle.media_type})


def files_hash(folder: Path) -> str:
    """Return a hash over names and contents of all files of a folder, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def assets_router(folder: Path, build: str, compressor: Compressor) -> APIRouter:
    """Return the route of our own files; an old build's URL answers 404."""
    router = APIRouter(include_in_schema=False)
    root = folder.resolve()
    known: dict[Path, Bundle] = {}

    @router.get("/assets/{asked}/{name:path}")
    def asset(request: Request, asked: str, name: str) -> Response:
        path = (root / name).resolve()
        there = asked == build and path.is_relative_to(root) and path.is_file()
        if not there or path.suffix not in MEDIA_TYPES:
            raise Problem(HTTPStatus.NOT_FOUND, "There is no such file in this build.")
        if path not in known:
            known[path] = compressor.add(path.name, _content(path, root))
        return bundle_response(known[path], request.headers, IMMUTABLE)

    return router


def _content(path: Path, root: Path) -> bytes:
    """Return a file; a page's entry module together with all that it imports."""
    if path.suffix == ".mjs" and path.parent == root / "js":
        return bundle(path.parent, path.name)
    return path.read_bytes()


class SuiteCache:
    """ASGI middleware: keeps Dash's component bundles, compressed, after their first request."""

    def __init__(self, app: ASGIApp, compressor: Compressor) -> None:
        self._app = app
        self._compressor = compressor
        self._known: dict[str, Bundle] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a bundle from memory; pass everything else on."""
        if scope["type"] != "http" or scope["method"] != "GET" or SUITES not in scope["path"]:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        bundle = self._known.get(path) or await self._fetch(scope, receive, send)
        if bundle is None:
            return
        if len(self._known) < MAX_SUITES:
            self._known[path] = bundle
        name = PurePosixPath(path).name
        cache = IMMUTABLE if FINGERPRINT.search(name) else "no-cache"
        response = bundle_response(bundle, Headers(scope=scope), cache)
        await response(scope, receive, send)

    async def _fetch(self, scope: Scope, receive: Receive, send: Send) -> Bundle | None:
        """Ask the app inside; an answer other than 200 is sent on as it is."""
        answer = _Answer()
        await self._app(scope, receive, answer.take)
        if answer.status != HTTPStatus.OK:
            for message in answer.messages:
                await send(message)
            return None
        return self._compressor.add(scope["path"], answer.body())


class _Answer:
    """Collects the messages of one response."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])
