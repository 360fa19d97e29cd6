"""The whole web server on a database and a Redis of its own, without a socket."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from redis import Redis
from starlette.testclient import TestClient

from callbacks.http.asgi import create_asgi
from callbacks.http.key_book import KeyBook
from callbacks.http.sessions import Sessions
from callbacks.services import Services
from data.domain.api_keys import KeyScope, KeyWish
from data.domain.words import Role
from data.feeds.http.intake import HttpIntake
from data.live.hub import Hub
from data.settings import Settings
from data.store import api_keys, displays
from data.store.database import Database
from data.store.displays import Displays
from data.store.users import Client, Users, token_hash
from tests.lane import Clock, Lane, build
from tests.tables import create_tables

KEY = "a-key-for-the-gateway"
PASSWORD = "correct horse"
BUILD = "0123456789abcdef"
PAGE = {"accept": "text/html"}
FROM_HERE = {"sec-fetch-site": "same-origin"}


@dataclass
class Site:
    """A running site and what its tests need to look behind it."""

    app: FastAPI
    services: Services
    clock: Clock
    users: Users

    def client(self, name: str | None = None, **options: Any) -> TestClient:
        """A browser, signed in as ``name``; redirects are not followed."""
        client = TestClient(self.app, follow_redirects=False, **options)
        if name == "display":
            client.cookies["xt_session"] = self.pair()
        elif name is not None:
            assert sign_in(client, name).status_code == 303
        return client

    def pair(self, place: str = "指挥大厅") -> str:
        """The token of a display that was paired for a place."""
        waiting, here = Displays(self.services.database), Client("testclient")
        screen = waiting.begin(self.clock(), here)
        with self.services.database.writing() as session:
            displays.pair(session, screen.code, place, self.clock())
        opened = waiting.fetch(screen.secret, self.clock(), here)
        assert opened is not None
        return opened.token

    def csrf(self, client: TestClient) -> str:
        """The token in the pages of a signed-in browser."""
        view = self.users.find_session(token_hash(client.cookies["xt_session"]), self.clock())
        assert view is not None
        return view.csrf


def make_site(folder: Path, redis_url: str, database_url: str = "", **settings: Any) -> Site:
    """Make a site with one account of each role, named after it; on SQLite unless told."""
    clock = Clock()
    database = Database(database_url or f"sqlite:///{folder / 'site.db'}")
    create_tables(database)
    build(database)
    redis = Redis.from_url(redis_url)
    redis.flushall()
    lane = Lane(database, redis, clock)
    lane.worker.heal()
    users = Users(database)
    for role in set(Role) - {Role.DISPLAY}:
        users.add(str(role), role, str(role), PASSWORD, clock())
    wish = KeyWish("gateway", frozenset(KeyScope), rate_per_s=None)
    with database.writing() as session:
        api_keys.add(session, wish, KEY, "admin", clock())
    chosen: dict[str, Any] = {"data_dir": folder, "redis_url": redis_url, **settings}
    services = Services(
        settings=Settings(_env_file=None, **chosen),
        database=database,
        redis=redis,
        hub=Hub(redis_url),
        pipeline=lane.pipeline,
        commands=lane.commands,
        registry=CollectorRegistry(),
        now=clock,
        build=BUILD,
        sessions=Sessions(users, clock),
        keys=KeyBook(database, clock),
        intake=HttpIntake(database, lane.pipeline, redis, clock),
    )
    return Site(create_asgi(services), services, clock, users)


def close_site(site: Site) -> None:
    """Close what the site opened."""
    site.services.redis.close()
    site.services.database.close()


def form_token(client: TestClient) -> str:
    """The token of a sign-in form just opened in this browser."""
    page: str = client.get("/login").text
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    """Fill in the sign-in form and send it."""
    fields = {"name": name, "password": password, "csrf": form_token(client), **more}
    return client.post("/login", data=fields, headers=FROM_HERE)
