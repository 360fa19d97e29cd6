"""Serving an ASGI application on a socket that is already bound."""

import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import uvicorn

GRACE_S: Final = 2
#: How long a computing callback may keep the interpreter while the event loop waits for it: a
#: fifth of the default, so that an alarm passes a busy callback within a few milliseconds.
SWITCH_S: Final = 0.001
MAX_SOCKET_MESSAGE: Final = 4096


def serve(
    asgi: Any,
    listening: socket.socket,
    before_stop: Callable[[], None],
    trusted_proxies: Sequence[str] = (),
) -> None:
    """Serve until SIGTERM or SIGINT; open requests get two seconds to finish.

    ``before_stop`` is called at the signal: event streams never end by themselves, so somebody
    has to end them.
    """
    sys.setswitchinterval(SWITCH_S)
    _Server(configuration(asgi, trusted_proxies), before_stop).run(sockets=[listening])


def configuration(asgi: Any, trusted_proxies: Sequence[str] = ()) -> uvicorn.Config:
    """Return how an application is served.

    Only ``trusted_proxies`` are believed what they say of an address (``X-Forwarded-For``,
    ``-Proto``); unless told, nobody: uvicorn would believe the loopback.
    """
    return uvicorn.Config(
        asgi,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # the frames are packed already, once for everybody
        ws_max_size=MAX_SOCKET_MESSAGE,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=GRACE_S,
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, before_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_stop = before_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then everything else."""
        self._before_stop()
        await super().shutdown(sockets)
