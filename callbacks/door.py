"""What a Dash callback may be sent: what its page would send, and nothing made up.

Dash hands a request's values to the callback as they came, and answers 500 where the body has not
the form that it expects. Checked here once, so that callbacks can believe their types.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from dash import Dash
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, request

from callbacks.http.problems import MEDIA_TYPE, problem_response

CALLBACKS: Final = "/_dash-update-component"
#: Longest text of an address or a field.
MAX_TEXT: Final = 10_000
_TEXT: Final = (str, type(None))
_NUMBER: Final = (int, type(None))
#: Property → what its values are.
TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "search": _TEXT,
    "pathname": _TEXT,
    "value": _TEXT,
    "id": _TEXT,
    "data-tab": _TEXT,
    "n_clicks": _NUMBER,
    "data": _NUMBER,
    "getRowsRequest": (dict, type(None)),
}


class MadeUpError(ValueError):
    """A request that no page of ours sends."""


def guard(app: Dash) -> None:
    """Answer 400 to what is made up, and 404 to component scripts that are not there."""
    server: Flask = app.server

    @server.before_request
    def check_callback() -> Response | None:
        if request.path != CALLBACKS or request.method != "POST":
            return None
        try:
            check(app.callback_map, request.get_data())
        except MadeUpError as error:
            return _refused(HTTPStatus.BAD_REQUEST, str(error))
        return None

    def not_there(_error: Exception) -> Response:
        return _refused(HTTPStatus.NOT_FOUND, "There is no such script.")

    server.register_error_handler(DependencyException, not_there)
    server.register_error_handler(InvalidResourceError, not_there)


def check(known: Mapping[str, Mapping[str, Any]], body: bytes) -> None:
    """See that a body asks for a callback that is there, with the inputs that it has.

    Raises
    ------
    MadeUpError
        If not.
    """
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise MadeUpError("The body is no JSON.") from None
    if not isinstance(sent, dict) or not isinstance(sent.get("output"), str):
        raise MadeUpError("The body names no output.")
    output = sent["output"]
    callback = known.get(output)
    if callback is None:
        raise MadeUpError("There is no such output.")
    _check_outputs(output, sent.get("outputs"))
    given = [
        *_values(callback["inputs"], sent.get("inputs")),
        *_values(callback["state"], sent.get("state", [])),
    ]
    changed = sent.get("changedPropIds", [])
    if not isinstance(changed, list) or not set(map(str, changed)) <= set(given):
        raise MadeUpError("What has changed is none of the inputs.")


def _check_outputs(output: str, outputs: Any) -> None:
    several = output.startswith("..")
    names = output.strip(".").split("...") if several else [output]
    listed = outputs if several else [outputs]
    if not isinstance(listed, list) or [_name(one) for one in listed] != names:
        raise MadeUpError("The outputs are not those of the callback.")


def _values(wanted: Sequence[Mapping[str, Any]], sent: Any) -> list[str]:
    if not isinstance(sent, list) or len(sent) != len(wanted):
        raise MadeUpError("The inputs are not those of the callback.")
    for one, given in zip(wanted, sent, strict=True):
        if _name(given) != f"{one['id']}.{one['property']}":
            raise MadeUpError("The inputs are not those of the callback.")
        _check_value(one["property"], given.get("value"))
    return [_name(given) for given in sent]


def _check_value(name: str, value: Any) -> None:
    kinds = TYPES[name]
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise MadeUpError(f"The value of {name} has another type.")
    if isinstance(value, str) and (len(value) > MAX_TEXT or "\x00" in value):
        raise MadeUpError(f"The value of {name} is no text of a page.")


def _name(one: Any) -> str:
    return f"{one.get('id')}.{one.get('property')}" if isinstance(one, dict) else ""


def _refused(status: HTTPStatus, detail: str) -> Response:
    return Response(bytes(problem_response(status, detail).body), status, mimetype=MEDIA_TYPE)
