"""Where the running application takes messages, from its settings and its data directory."""

from data.feeds.mqtt.broker import broker_of
from data.feeds.simulated.routes import Where
from data.home import API_KEY, GB26875_PORT
from data.settings import Settings

#: Hosts that mean every address of a machine: it is reached on its own.
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 # nosec B104


def where_is(settings: Settings, url: str = "", key: str = "") -> Where:
    """Return where an application with these settings takes messages; the key may be empty.

    Parameters
    ----------
    url, key
        Instead of those that the settings tell.
    """
    host = _ANY.get(settings.host, settings.host)
    own_url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    broker = broker_of(settings, 0) if settings.mqtt_url else None
    return Where(url or own_url, key or _key(settings), _gb26875(settings), broker)


def _key(settings: Settings) -> str:
    path = settings.data_dir / API_KEY
    return path.read_text("ascii").strip() if path.exists() else ""


def _gb26875(settings: Settings) -> tuple[str, int] | None:
    """Return the port of the transmitters: the set one, or the one that the launcher chose."""
    host = _ANY.get(settings.gb26875_host, settings.gb26875_host)
    if settings.gb26875_port is not None:
        return host, settings.gb26875_port
    path = settings.data_dir / GB26875_PORT
    return (host, int(path.read_text("ascii"))) if path.exists() else None
