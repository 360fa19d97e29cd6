"""Which broker, as whom, and how sure of it: from settings to what the client needs."""

import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from data.errors import StartError
from data.settings import Settings

PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker and who we are to it; its text never shows the password."""

    host: str
    port: int
    #: Stable, and different for each process: the broker keeps a session for it.
    client_id: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return f"{self.host}:{self.port}"


def broker_of(settings: Settings, number: int) -> Broker:
    """Return the broker of the settings for one of several processes.

    Raises
    ------
    StartError
        If there is none, or a file of the certificates can't be used.
    """
    if not settings.mqtt_url:
        raise StartError("请设置 XT_MQTT_URL。/ Set XT_MQTT_URL.")
    url = urlsplit(settings.mqtt_url)
    name = settings.mqtt_client_id or f"xintang-{socket.gethostname()}"
    return Broker(
        host=url.hostname or "",
        port=url.port or PORTS[url.scheme],
        client_id=f"{name}-{number}",
        user=settings.mqtt_user,
        password=settings.mqtt_password.get_secret_value(),
        tls=_context(settings) if url.scheme == "mqtts" else None,
    )


def _context(settings: Settings) -> ssl.SSLContext:
    ca, cert, key = settings.mqtt_ca, settings.mqtt_cert, settings.mqtt_key
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as error:
        raise _unusable("XT_MQTT_CA", ca, error) from None
    if cert is not None:
        try:
            context.load_cert_chain(cert, key)
        except (OSError, ssl.SSLError) as error:
            raise _unusable("XT_MQTT_CERT, XT_MQTT_KEY", cert, error) from None
    return context


def _unusable(names: str, path: Path | None, error: Exception) -> StartError:
    return StartError(
        f"{names}：无法使用 {path}（{error}）。/ {names}: {path} can't be used ({error})."
    )
