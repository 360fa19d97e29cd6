"""The process itself: killed in the middle it confirms nothing that is not recorded."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from data.children import stop_child
from data.embedded import free_port
from data.feeds import gb26875 as gb
from data.feeds.transmitters.process import OTHER_FILES, allow_connections
from data.store.models import AlarmRow, TransmitterPoint
from tests.lane import Lane
from tests.servers import ROOT
from tests.transmitters import frame, part, register

KILLS, PARTS = 3, 60


def start(lane: Lane, redis_url: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "XT_DATABASE_URL": lane.database.url,
        "XT_REDIS_URL": redis_url,
        "XT_GB26875_PORT": str(port),
        "XT_DATA_DIR": str(folder),
    }
    command = [sys.executable, str(ROOT / "app.py"), "transmitters"]
    return subprocess.Popen(command, env=environment, cwd=folder)


def connect(port: int) -> socket.socket:
    end = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.05)


def confirmed(connection: socket.socket, enough: int) -> set[int]:
    """Serial numbers that were confirmed, until there are enough or the connection breaks."""
    stream, found = gb.FrameStream(), set()
    with contextlib.suppress(OSError):
        while len(found) < enough:
            chunk = connection.recv(4096)
            if not chunk:
                break
            found |= {f.serial for f in stream.feed(chunk) if f.command == gb.Command.CONFIRM}
    return found


def test_killed_in_the_middle_it_loses_nothing_and_doubles_nothing(
    lane: Lane, redis_url: str, tmp_path: Path
) -> None:
    register(lane.database)
    fires = {
        number: frame(
            lane.clock(),
            gb.Kind.PART_STATE,
            part(lane.clock(), part_address=1000 + number),
            serial=number,
        )
        for number in range(1, PARTS + 1)
    }
    ledger: set[int] = set()
    port = free_port()
    for kill in range(KILLS + 1):
        process = start(lane, redis_url, port, tmp_path)
        try:
            with connect(port) as connection:
                left = [fires[n].encode() for n in sorted(fires.keys() - ledger)]
                connection.sendall(b"".join(left))
                last = kill == KILLS
                ledger |= confirmed(connection, len(left) if last else len(left) // 3)
                if not last:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    ledger |= confirmed(connection, PARTS)
        finally:
            code = stop_child(process)
    assert code == 0
    assert ledger == set(fires)
    alarms = lane.rows(AlarmRow)
    assert {alarm.device_id for alarm in alarms} == {"T1"}
    numbers = {p.id: p.part_address - 1000 for p in lane.rows(TransmitterPoint) if p.first_at}
    assert sorted(numbers[alarm.point_id] for alarm in alarms) == sorted(fires)


def test_it_may_have_more_connections_than_a_linux_allows_unasked() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
        allow_connections(2000)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (2000 + OTHER_FILES, before[1])
        allow_connections(1000)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 2000 + OTHER_FILES
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
