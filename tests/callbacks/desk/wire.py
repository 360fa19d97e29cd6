"""Talking to a Dash application as its renderer does."""

from typing import Any

from dash import Dash


def ask(
    app: Dash,
    outputs: list[tuple[str, str]],
    inputs: list[tuple[str, str, Any]],
    *,
    changed: str,
    state: tuple[tuple[str, str, Any], ...] = (),
    lang: str = "zh",
) -> Any:
    """Post one callback; return the response."""
    names = [f"{key}.{prop}" for key, prop in outputs]
    one = len(outputs) == 1
    described = [{"id": key, "property": prop} for key, prop in outputs]
    body = {
        "output": names[0] if one else "..".join(["", "...".join(names), ""]),
        "outputs": described[0] if one else described,
        "inputs": [{"id": k, "property": p, "value": v} for k, p, v in inputs],
        "state": [{"id": k, "property": p, "value": v} for k, p, v in state],
        "changedPropIds": [changed],
    }
    client = app.server.test_client()
    client.set_cookie("xt_lang", lang)
    return client.post("/_dash-update-component", json=body)
