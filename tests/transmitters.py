"""A real TCP server of transmitters on a free port, and clients that speak as transmitters do."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from data.domain.words import DeviceKind
from data.feeds import gb26875 as gb
from data.feeds.transmitters.link import Patience
from data.feeds.transmitters.server import TransmitterServer
from data.live.present import Present
from data.store.database import Database
from data.store.models import Device, Transmitter, TransmitterPoint
from tests.lane import Lane

ADDRESS, CENTRE = 889, 88888
LANE_COMMUNITY = "350582005001"


def register(database: Database, address: int = ADDRESS, device_id: str = "T1") -> None:
    """Register a transmitter in building B1 with one part, smoke S0 at 1-1-217."""
    with database.writing() as session:
        session.add(
            Device(
                id=device_id,
                slot=100 + address % 1000,
                kind=DeviceKind.TRANSMITTER,
                name=f"用传 {device_id}",
                building_id="B1",
                community_code=LANE_COMMUNITY,
                lon=118.5905,
                lat=24.7605,
                interval_s=60,
            )
        )
        session.flush()
        at = datetime.fromisoformat("2026-06-01T00:00:00+00:00")
        session.add(Transmitter(address=address, device_id=device_id, first_at=at))
        session.flush()
        if address == ADDRESS:
            session.add(
                TransmitterPoint(
                    transmitter=address,
                    system_type=1,
                    system_address=1,
                    part_address=217,
                    device_id="S0",
                )
            )


def unregister_part(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(TransmitterPoint).values(device_id=None))


def part(at: datetime, state: int = gb.PartFlag.FIRE | gb.PartFlag.NORMAL, **more: Any) -> Any:
    """The state of a part, smoke 1-1-217 unless told."""
    facts = {"system_type": 1, "system_address": 1, "part_type": 40, "part_address": 217, **more}
    text = facts.pop("text", "2层 走廊")
    return gb.PartState(
        **facts,
        state=gb.PartFlag(state),
        description=gb.Description.of(text),
        at=gb.Moment.of(at),
    )


def frame(
    now: datetime, kind: int | None = None, *objects: Any, serial: int = 1, **more: Any
) -> gb.Frame:
    """What a transmitter sends; a heartbeat without a kind."""
    data = b"" if kind is None else gb.build_unit(gb.Unit(kind, objects))
    facts = {"source": ADDRESS, "destination": CENTRE, "command": gb.Command.SEND, **more}
    return gb.Frame(serial=serial, at=gb.Moment.of(now), data=data, **facts)


@dataclass
class Client:
    """A transmitter's side of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    stream: gb.FrameStream = field(default_factory=gb.FrameStream)
    found: list[gb.Frame] = field(default_factory=list)

    async def send(self, *frames: gb.Frame) -> None:
        self.writer.write(b"".join(one.encode() for one in frames))
        await self.writer.drain()

    async def read(self, timeout_s: float = 5) -> gb.Frame:
        """The next frame of the centre."""
        async with asyncio.timeout(timeout_s):
            while not self.found:
                chunk = await self.reader.read(4096)
                assert chunk, "the centre closed the connection"
                for one in self.stream.feed(chunk):
                    assert isinstance(one, gb.Frame)
                    self.found.append(one)
        return self.found.pop(0)

    async def says_nothing(self, for_s: float = 0.3) -> bool:
        with contextlib.suppress(TimeoutError):
            await self.read(for_s)
            return False
        return True

    async def ask(self, one: gb.Frame) -> int:
        """Send a frame; the command of what it is answered with."""
        await self.send(one)
        answer = await self.read()
        assert answer.serial == one.serial
        assert (answer.source, answer.destination) == (one.destination, one.source)
        return answer.command

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


@dataclass
class Running:
    """The server while it runs."""

    server: TransmitterServer
    port: int
    clients: list[Client] = field(default_factory=list)

    async def connect(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return client


@contextlib.asynccontextmanager
async def serving(
    lane: Lane, present: Present | None = None, patience: Patience | None = None, **more: Any
) -> AsyncIterator[Running]:
    """The server on a lane's database and Redis."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    stop = asyncio.Event()
    server = TransmitterServer(lane.database, present or lane.present, lane.clock, patience, **more)
    running = Running(server, listening.getsockname()[1])
    task = asyncio.create_task(server.serve(listening, stop))
    try:
        yield running
    finally:
        for client in running.clients:
            await client.close()
        stop.set()
        await task
        listening.close()


async def until(what: Callable[[], object], timeout_s: float = 5) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(timeout_s):
        while not what():
            await asyncio.sleep(0.02)
