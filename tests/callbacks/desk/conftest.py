"""A duty desk on a real database and a real Redis."""

from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from dash import Dash
from redis import Redis

from callbacks import desk
from callbacks.desk.page import page
from data.live import keys
from data.live.wire import to_ms
from data.settings import Settings
from data.store.database import Database
from tests.cast import NOW, PRESENT, build_cast


@pytest.fixture
def services(database: Database, redis: Redis) -> Any:
    """What the desk's callbacks use, with the cast in SQL and its present in Redis."""
    build_cast(database)
    for device_id, now in PRESENT.items():
        facts = {
            "status": int(now.status),
            "since": to_ms(now.since),
            "measured_at": to_ms(now.measured_at),
            "received_at": to_ms(now.received_at),
            "values": orjson.dumps(now.values),
        }
        redis.hset(keys.device(device_id), mapping=facts)
    settings = Settings(_env_file=None, basemap="osm")
    return SimpleNamespace(
        database=database, redis=redis, settings=settings, now=lambda: NOW, build="0"
    )


@pytest.fixture
def app(services: Any) -> Dash:
    """The desk as a Dash application."""
    app = Dash("desk", suppress_callback_exceptions=True)
    app.layout = lambda: page(services)
    desk.register(app, services)
    return app
