"""The application's web process with one more surface, whose only callback takes two seconds."""

import time
from typing import Any

from a2wsgi import WSGIMiddleware
from dash import Dash, Input, Output, dcc, html
from starlette.routing import Mount

from app import create_services, ready_settings
from callbacks.http.asgi import create_asgi
from callbacks.http.serve import serve
from callbacks.surfaces import with_user
from data.launch import bind

SECONDS = 2.0


def slow_surface() -> Dash:
    """Return a Dash app that waits, or computes in Python, for two seconds when it is asked."""
    app = Dash("bench.slow", requests_pathname_prefix="/bench/", routes_pathname_prefix="/")
    app.layout = html.Div([dcc.Input(id="kind"), html.P(id="answer")])

    @app.callback(Output("answer", "children"), Input("kind", "value"))
    def answer(kind: str) -> str:
        if kind == "sleep":
            time.sleep(SECONDS)
            return kind
        end, number = time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            number += 1
        return kind

    return app


def main() -> None:
    """Serve as ``python app.py web`` does, with the slow surface in front of the desk."""
    settings = ready_settings()
    services = create_services(settings)
    asgi = create_asgi(services)
    slow: Any = WSGIMiddleware(with_user(slow_surface().server))
    asgi.router.routes.insert(0, Mount("/bench", slow))
    with bind(settings.host, settings.port) as listening:
        serve(asgi, listening, services.hub.end_streams)


if __name__ == "__main__":
    main()
