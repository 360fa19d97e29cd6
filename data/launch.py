"""The launcher: everything in the right order, watched, and stopped without a trace."""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from data.embedded import EmbeddedRedis, check_redis
from data.errors import StartError
from data.home import API_KEY, GB26875_PORT, SECRET_KEY, Home, key_from, make_private_folder
from data.settings import Settings
from data.supervise import ChildProcess, Part, Supervisor, stop_all

LOOK_EVERY_S: Final = 0.1
READY_EVERY_S: Final = 0.2
#: A web process that dies so often before it was ready once will never be.
HOPELESS_DEATHS: Final = 3
LOCAL: Final = "127.0.0.1"
#: Where the demo's transmitters connect unless a port is set; another one if it is taken.
DEMO_GB26875_PORT: Final = 8052
OK: Final = 200


def launch(
    settings: Settings, program: Path, console: Console, now: Callable[[], datetime]
) -> None:
    """Start everything, print address and sign-ins, and look after it until Ctrl-C or SIGTERM.

    Parameters
    ----------
    settings : Settings
    program : Path
        ``app.py``, whose commands are the child processes.
    console : Console
    now : callable
        The time in UTC.

    Raises
    ------
    StartError
        If something is missing; the message says what.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with ExitStack() as stack:
        stack.enter_context(Home(settings.data_dir))
        listening = stack.enter_context(bind(settings.host, settings.port))
        settings, for_transmitters = bind_for_transmitters(settings, stack)
        parts: list[Part] = []
        if not settings.redis_url:
            redis = stack.enter_context(EmbeddedRedis())
            parts.append(redis)
            settings = settings.model_copy(update={"redis_url": redis.url})
        check_redis(settings.redis_url)
        settings = complete(settings)
        sign_ins = prepare_demo(settings, console, now())
        children = _children(settings, program, listening, for_transmitters)
        simulator = _simulator(settings, program)
        supervisor = Supervisor([*parts, *children], lambda text: _say(console, text))
        try:
            supervisor.start()
            _wait_until_ready(supervisor, settings, console)
            _show_address(console, settings)
            show_sign_ins(console, sign_ins)
            if settings.simulate:
                supervisor.add(simulator)
            _look_after(supervisor)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it
            stop_all([simulator, *children])


def check_mqtt(settings: Settings) -> None:
    """Refuse a mapping or certificates that the process of MQTT would die of.

    Raises
    ------
    StartError
        If something is wrong; the message says what.
    """
    if settings.mqtt_url:
        from data.feeds.mqtt.broker import broker_of  # noqa: PLC0415 - only where one is used
        from data.feeds.mqtt.mapping import load_mapping  # noqa: PLC0415

        broker_of(settings, 1)
        load_mapping(settings.mqtt_mapping)


def prepare_demo(settings: Settings, console: Console, now: datetime) -> dict[str, str] | None:
    """Migrate, load reference data and the demo town where there are none; return the sign-ins."""
    from data import first_start  # noqa: PLC0415 - not before the checks that need no database
    from data.keys import ensure_first_key  # noqa: PLC0415
    from data.store.database import Database  # noqa: PLC0415
    from data.users import SIGN_INS_FILE, ensure_demo_users  # noqa: PLC0415

    first_start.migrate_database(settings.sql_url)
    database = Database(settings.sql_url)
    try:
        if first_start.needs_reference(database):
            first_start.load_reference_data(database)
        if first_start.needs_town(database):
            with _progress(console) as progress:
                first_start.make_town(database, settings.demo_devices, now, progress)
        first_start.register_demo_transmitters(database, now)
        ensure_first_key(database, settings.data_dir, now)
        password = settings.demo_password.get_secret_value() or None
        return ensure_demo_users(database, password, now, settings.data_dir / SIGN_INS_FILE)
    finally:
        database.close()


def complete(settings: Settings) -> Settings:
    """Return the settings with the key that was left empty, from the data directory's file."""
    make_private_folder(settings.data_dir)
    if settings.secret_key.get_secret_value():
        return settings
    secret = SecretStr(key_from(settings.data_dir, SECRET_KEY))
    return settings.model_copy(update={"secret_key": secret})


@contextmanager
def bind(host: str, port: int, fd: int = -1, name: str = "XT_PORT") -> Iterator[socket.socket]:
    """Bind the address before anything else is done; ``fd`` is a socket inherited from a parent.

    It does not listen yet: a browser is refused until the web process takes over.

    Raises
    ------
    StartError
        If the port is taken, or the host is none of this machine's.
    """
    if fd >= 0:
        listening = socket.socket(fileno=fd)
    else:
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            listening.close()
            raise _busy(host, port, name, error) from error
    with listening:
        yield listening


def run_workers(program: Path, number: int, listening: socket.socket, console: Console) -> None:
    """Run several web processes on one socket until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _interrupt)
    children = [
        _child(f"web {index + 1}", program, dict(os.environ), listening) for index in range(number)
    ]
    supervisor = Supervisor(children, lambda text: _say(console, text))
    try:
        supervisor.start()
        _look_after(supervisor)
    finally:
        for caught in (signal.SIGINT, signal.SIGTERM):
            signal.signal(caught, signal.SIG_IGN)
        stop_all(children)


def show_sign_ins(console: Console, sign_ins: Mapping[str, str] | None) -> None:
    """Print the demo accounts with their passwords, if they are known."""
    if not sign_ins:
        return
    table = Table("账号 / Account", "密码 / Password", title="演示登录 / Demo sign-ins")
    for name, password in sign_ins.items():
        table.add_row(name, Text(password))
    console.print(table)


def _children(
    settings: Settings,
    program: Path,
    listening: socket.socket,
    for_transmitters: socket.socket | None,
) -> list[ChildProcess]:
    shared = _environment(settings, program)
    children = [
        ChildProcess("worker", [sys.executable, str(program), "worker"], shared),
        ChildProcess("risk", [sys.executable, str(program), "risk"], shared),
        _child("web", program, shared, listening),
    ]
    if settings.mqtt_url:
        children.append(ChildProcess("mqtt", [sys.executable, str(program), "mqtt"], shared))
    if for_transmitters is not None:
        children.append(_child("transmitters", program, shared, for_transmitters, "transmitters"))
    return children


def bind_for_transmitters(
    settings: Settings, stack: ExitStack
) -> tuple[Settings, socket.socket | None]:
    """Bind the port of the transmitters; return the settings with the port that it is.

    Without a port it stays closed, but where the demo town is played: its transmitters connect on
    this machine alone, to a port that nobody else uses.
    """
    told = settings.data_dir / GB26875_PORT
    told.unlink(missing_ok=True)  # of a launcher that was killed
    listening = None
    if settings.gb26875_port is not None:
        where = (settings.gb26875_host, settings.gb26875_port)
        listening = stack.enter_context(bind(*where, name="XT_GB26875_PORT"))
    elif settings.simulate:
        listening = _bind_for_demo(stack)
        chosen = {"gb26875_host": LOCAL, "gb26875_port": listening.getsockname()[1]}
        settings = settings.model_copy(update=chosen)
    if listening is not None:
        told.write_text(str(settings.gb26875_port), "ascii")
        stack.callback(told.unlink, missing_ok=True)
    return settings, listening


def _bind_for_demo(stack: ExitStack) -> socket.socket:
    try:
        listening = stack.enter_context(bind(LOCAL, DEMO_GB26875_PORT))
    except StartError:
        listening = stack.enter_context(bind(LOCAL, 0))
    listening.listen()  # at once: until then another launcher could bind it too
    return listening


def _simulator(settings: Settings, program: Path) -> ChildProcess:
    command = [sys.executable, "-m", "data.feeds.simulator", "--url", _address(settings)]
    return ChildProcess("simulator", command, _environment(settings, program))


def _environment(settings: Settings, program: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(program.parent), os.environ.get("PYTHONPATH"))))
    own = {"XT_REDIS_URL": settings.redis_url, "PYTHONPATH": path}
    if settings.gb26875_port is not None:
        own["XT_GB26875_HOST"] = settings.gb26875_host
        own["XT_GB26875_PORT"] = str(settings.gb26875_port)
    return {**os.environ, **own}


def _child(
    name: str,
    program: Path,
    environment: Mapping[str, str],
    listening: socket.socket,
    what: str = "web",
) -> ChildProcess:
    fd = listening.fileno()
    command = [sys.executable, str(program), what, "--fd", str(fd)]
    return ChildProcess(name, command, environment, pass_fds=(fd,))


def _wait_until_ready(supervisor: Supervisor, settings: Settings, console: Console) -> None:
    with console.status("启动中… / starting…"):
        while not _is_ready(settings):
            supervisor.look()
            name, deaths = supervisor.sickest()
            if deaths >= HOPELESS_DEATHS:
                raise StartError(
                    f"{name} 无法启动，原因见上面的输出。"
                    f"/ {name} can't start; what it said stands above."
                )
            time.sleep(READY_EVERY_S)


def _is_ready(settings: Settings) -> bool:
    connection = HTTPConnection(_reachable(settings.host), settings.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _look_after(supervisor: Supervisor) -> None:
    while True:
        supervisor.look()
        time.sleep(LOOK_EVERY_S)


def _show_address(console: Console, settings: Settings) -> None:
    console.print(f"[bold]新塘街道智慧消防 / Xintang smart fire[/]  {_address(settings)}")
    key = settings.data_dir / API_KEY
    if key.exists():
        console.print(f"设备接口密钥 / API key of the devices: {key}", highlight=False)
    console.print("Ctrl-C 停止 / stops it", highlight=False)


def _address(settings: Settings) -> str:
    host = _reachable(settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _reachable(host: str) -> str:
    """Return an address of this machine where a server on ``host`` is reached."""
    return {"0.0.0.0": LOCAL, "::": "::1"}.get(host, host)  # noqa: S104 # nosec B104


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, float], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("演示数据 / demo town", total=1.0)

        def show(step: str, fraction: float) -> None:
            bar.update(task, description=f"演示数据 / demo town: {step}", completed=fraction)

        yield show


def _say(console: Console, text: str) -> None:
    with suppress(OSError):  # a full disk must not end the launcher, which the parts need
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def _busy(host: str, port: int, name: str, error: OSError) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(
            f"端口 {port} 已被占用，请停止占用它的程序，或设置 {name}。"
            f"/ Port {port} is in use; stop what uses it, or set {name}."
        )
    return StartError(
        f"无法在 {host}:{port} 上监听（{error.strerror}），请检查 XT_HOST 与 {name}。"
        f"/ Can't listen on {host}:{port} ({error.strerror}); check XT_HOST and {name}."
    )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
