"""Composition root: ``python app.py`` starts everything; its commands start one process each."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from data.errors import StartError
from data.launch import bind, check_mqtt, complete, launch, run_workers
from data.logs import configure_logging
from data.memory import freeze_what_is_loaded, share_one_heap
from data.settings import Settings, load_settings

if TYPE_CHECKING:
    from callbacks.services import Services

PROGRAM = Path(__file__).resolve()
#: Forecasts can wait; alarms can't.
RISK_NICE = 10

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def create_services(settings: Settings) -> "Services":
    """Make the collaborators of one web or feeds process."""
    from prometheus_client import CollectorRegistry

    from callbacks.http.bundles import files_hash
    from callbacks.http.key_book import KeyBook
    from callbacks.http.sessions import Sessions
    from callbacks.services import Services
    from callbacks.surfaces import ASSETS_FOLDER
    from data.commands import Commands
    from data.feeds.http.intake import HttpIntake
    from data.live.connection import connect_redis
    from data.live.hub import Hub
    from data.live.present import Present
    from data.pipeline import Pipeline
    from data.store.database import Database
    from data.store.users import Users

    database = Database(settings.sql_url)
    redis = connect_redis(settings.redis_url)
    present = Present(redis)
    pipeline = Pipeline(database, present, now)
    return Services(
        settings=settings,
        database=database,
        redis=redis,
        hub=Hub(settings.redis_url),
        pipeline=pipeline,
        commands=Commands(database, present, now),
        registry=CollectorRegistry(),
        now=now,
        build=files_hash(ASSETS_FOLDER),
        sessions=Sessions(Users(database), now),
        keys=KeyBook(database, now),
        intake=HttpIntake(database, pipeline, redis, now),
    )


@cli.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """新塘街道智慧消防 / Xintang smart fire: without a command, start everything."""
    if context.invoked_subcommand is None:
        with sentences("launcher", stopped=0):
            settings = load_settings(os.environ)
            check_mqtt(settings)
            launch(settings, PROGRAM, Console(), now)


@cli.command()
def web(
    workers: Annotated[int, typer.Option(min=1, max=64, help="processes on one port")] = 1,
    fd: Annotated[int, typer.Option(hidden=True, help="a socket that is already bound")] = -1,
) -> None:
    """Serve screens and API on XT_HOST:XT_PORT."""
    with sentences("web", stopped=0):
        share_one_heap()
        settings = ready_settings()
        with bind(settings.host, settings.port, fd) as listening:
            if workers > 1:
                run_workers(PROGRAM, workers, listening, Console(stderr=True))
                return
            from callbacks.http.asgi import create_asgi
            from callbacks.http.serve import serve

            services = create_services(settings)
            application = create_asgi(services)
            freeze_what_is_loaded()
            serve(application, listening, services.hub.end_streams, settings.proxies)


@cli.command()
def feeds(fd: Annotated[int, typer.Option(hidden=True)] = -1) -> None:
    """Take readings over HTTP on XT_HOST:XT_FEEDS_PORT, without any screen."""
    with sentences("feeds", stopped=0):
        settings = ready_settings()
        with bind(settings.host, settings.feeds_port, fd, "XT_FEEDS_PORT") as listening:
            from callbacks.http.feeds import create_feeds_asgi
            from callbacks.http.serve import serve

            services = create_services(settings)
            application = create_feeds_asgi(services)
            freeze_what_is_loaded()
            serve(application, listening, services.hub.end_streams, settings.proxies)


@cli.command()
def transmitters(fd: Annotated[int, typer.Option(hidden=True)] = -1) -> None:
    """Take messages of transmitters (GB/T 26875.3) on XT_GB26875_HOST:XT_GB26875_PORT."""
    with sentences("transmitters", stopped=0):
        settings = ready_settings()
        if settings.gb26875_port is None:
            raise StartError("请设置 XT_GB26875_PORT。/ Set XT_GB26875_PORT.")
        where = (settings.gb26875_host, settings.gb26875_port)
        with bind(*where, fd, "XT_GB26875_PORT") as listening:
            from data.feeds.transmitters.process import run
            from data.live.connection import connect_redis
            from data.live.present import Present
            from data.store.database import Database

            present = Present(connect_redis(settings.redis_url))
            freeze_what_is_loaded()
            run(Database(settings.sql_url), present, now, listening)


@cli.command()
def mqtt(
    process: Annotated[int, typer.Option(min=1, max=64, help="which of several processes")] = 1,
    leave: Annotated[bool, typer.Option(help="take what waits for it, then no more")] = False,
) -> None:
    """Take messages from the broker at XT_MQTT_URL; several processes share them."""
    with sentences("mqtt", stopped=0):
        settings = ready_settings()
        from data.feeds.mqtt.broker import broker_of
        from data.feeds.mqtt.mapping import load_mapping
        from data.feeds.mqtt.process import run
        from data.live.connection import connect_redis
        from data.live.present import Present
        from data.store.database import Database

        broker, mapping = broker_of(settings, process), load_mapping(settings.mqtt_mapping)
        present = Present(connect_redis(settings.redis_url))
        freeze_what_is_loaded()
        run(Database(settings.sql_url), present, now, broker, mapping, leave=leave)


@cli.command()
def worker() -> None:
    """Watch for silence, rebuild the present, tell Redis what it missed."""
    with sentences("worker"):
        settings = ready_settings()
        from data.audit_keeper import AuditKeeper
        from data.live.connection import connect_redis
        from data.live.present import Present
        from data.store.database import Database
        from data.worker import Worker

        stop = stopped_by_signals()
        present = Present(connect_redis(settings.redis_url))
        freeze_what_is_loaded()
        database = Database(settings.sql_url)
        kept = timedelta(days=settings.audit_days)
        keeper = AuditKeeper(database, present.redis, settings.data_dir, kept, now)
        Worker(database, present, now, keeper).run(stop)


@cli.command()
def risk() -> None:
    """Forecast where the next alarms that matter will be, freeze and score the weeks' forecasts."""
    with sentences("risk"):
        settings = ready_settings()
        from data.live.connection import connect_redis
        from data.risk.process import RiskProcess
        from data.store.database import Database

        os.nice(RISK_NICE)
        stop = stopped_by_signals()
        redis = connect_redis(settings.redis_url)
        RiskProcess(Database(settings.sql_url), redis, now).run(stop)


@cli.command()
def migrate() -> None:
    """Bring the database to this version and load the packaged reference data."""
    with sentences("migrate"):
        settings = complete(load_settings(os.environ))
        from data.first_start import load_reference_data, migrate_database
        from data.keys import keep_first_key
        from data.store.database import Database

        migrate_database(settings.sql_url)
        database = Database(settings.sql_url)
        load_reference_data(database)
        keep_first_key(database, settings.data_dir, now())


@cli.command()
def demo() -> None:
    """Make the demo town and the demo sign-ins in an empty database, and show the sign-ins."""
    with sentences("demo"):
        from data.launch import prepare_demo, show_sign_ins

        settings = complete(load_settings(os.environ))
        console = Console()
        show_sign_ins(console, prepare_demo(settings, console, now()))


def stopped_by_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def ready_settings() -> Settings:
    """Return the settings of a process that is started on its own.

    Raises
    ------
    StartError
        If it has no Redis to talk to, or the database is not migrated.
    """
    from data.first_start import check_migrated

    settings = complete(load_settings(os.environ))
    if not settings.redis_url:
        raise StartError(
            "单独启动的进程需要 XT_REDIS_URL。"
            "/ A process started on its own needs XT_REDIS_URL, the Redis that all of them share."
        )
    check_migrated(settings.sql_url)
    return settings


@contextmanager
def sentences(process: str, *, stopped: int = 130) -> Iterator[None]:
    """Set up logging; say a StartError in one sentence; leave quietly at Ctrl-C or SIGTERM.

    ``stopped`` is the exit code then: to stop is how a server ends, but a command was cut short.
    """
    configure_logging(process)
    try:
        yield
    except StartError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(stopped) from None


if __name__ == "__main__":
    sys.exit(cli())
