"""An answer in JSON, of a moment: nobody keeps it."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from data.live.wire import to_json

NO_STORE: Final[Mapping[str, str]] = {"cache-control": "no-store"}


def json_answer(value: Any) -> Response:
    """Return an answer with a value as compact JSON."""
    return Response(to_json(value), media_type="application/json", headers=NO_STORE)
