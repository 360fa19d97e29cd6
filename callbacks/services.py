"""What callbacks and routers may use, made once by ``app.create_services``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry

from callbacks.http.key_book import KeyBook
from callbacks.http.sessions import Sessions
from data.commands import Commands
from data.feeds.http.intake import HttpIntake
from data.live.hub import Hub
from data.live.present import RedisClient
from data.pipeline import Pipeline
from data.settings import Settings
from data.store.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of one web process; tests pass their own."""

    settings: Settings
    database: Database
    #: Synchronous client for callbacks and readiness; the hub has an asynchronous one of its own.
    redis: RedisClient
    hub: Hub
    pipeline: Pipeline
    commands: Commands
    #: Metrics of this process.
    registry: CollectorRegistry
    now: Callable[[], datetime]
    #: Hash of the browser's files; part of their URLs and of ``/healthz``.
    build: str
    #: Who is signed in: the gate and open event streams ask it.
    sessions: Sessions
    #: Who may send readings.
    keys: KeyBook
    #: Takes what they send.
    intake: HttpIntake
