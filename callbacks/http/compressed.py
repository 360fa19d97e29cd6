"""Answers that are kept compressed with brotli."""

from typing import Final

import brotli
from starlette.requests import Request
from starlette.responses import Response

#: For addresses that name a version: what they answer never changes.
IMMUTABLE: Final = "private, max-age=31536000, immutable"


def compressed_answer(request: Request, data: bytes, media_type: str, keep: str) -> Response:
    """Return what was compressed as it is, or unpacked for who does not say that it takes it."""
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"}
    if "br" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "br"
        return Response(data, media_type=media_type, headers=headers)
    return Response(brotli.decompress(data), media_type=media_type, headers=headers)
