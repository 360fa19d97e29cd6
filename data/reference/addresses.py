"""The address table of transmitters: a table of a panel's list → points of our devices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from data.domain.words import DeviceKind
from data.reference.errors import ImportRefusedError, Problem
from data.reference.read import Line, Source, read_lines
from data.store import transmitters
from data.store.database import Database
from data.store.management import Audit
from data.store.places import Device
from data.store.transmitter_rows import WHOLE_SYSTEM, Transmitter
from data.store.transmitters import Address

#: Field → the names that its column may have.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "transmitter": ("用传地址", "传输装置地址", "transmitter"),
    "system_type": ("系统类型", "system_type"),
    "system_address": ("系统地址", "system_address"),
    "part_address": ("部件地址", "part_address"),
    "device_id": ("设备编号", "device_id"),
}
#: Field → largest number that the frame has room for (clauses 6.6 and 8.2.1).
LARGEST: Final[Mapping[str, int]] = {
    "transmitter": 2**48 - 1,
    "system_type": 255,
    "system_address": 255,
    "part_address": 2**32 - 1,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: whose device an address is; of the transmitter itself without a system."""

    number: int
    device_id: str
    transmitter: int
    system_type: int | None = None
    system_address: int | None = None
    part_address: int | None = None

    @property
    def key(self) -> int | Address:
        """What the line is about."""
        if self.system_type is None or self.system_address is None:
            return self.transmitter
        part = WHOLE_SYSTEM if self.part_address is None else self.part_address
        return Address(self.transmitter, self.system_type, self.system_address, part)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read and found; ``written`` only without a problem, and if it was no dry run."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    new: int
    changed: int
    written: bool


def import_addresses(
    database: Database, source: Source, *, at: datetime, actor: str, dry_run: bool = False
) -> Outcome:
    """Import an address table, wholly or not at all.

    Raises
    ------
    ImportRefusedError
        If the file as a whole can't be imported, or the database has no tables.
    """
    if not inspect(database.engine).has_table(Transmitter.__tablename__):
        raise ImportRefusedError(
            "数据库结构不是最新版本，请先执行 python app.py migrate。"
            "/ the database is not at this version's revision; run python app.py migrate first"
        )
    rows, wrong = parse_rows(read_lines(source))
    opened = database.reading if dry_run else database.writing
    with opened() as session:
        problems = (*wrong, *_repeated(rows), *_unknown(session, rows))
        before = _present(session, rows)
        fresh = [row for row in rows if row.key not in before]
        other = [row for row in rows if row.key in before and before[row.key] != row.device_id]
        written = not problems and not dry_run
        if written:
            _write(session, rows, at)
            detail = {"file": source.path.name, "new": len(fresh), "changed": len(other)}
            session.add(
                Audit(at=at, actor=actor, action="addresses.imported", subject="", detail=detail)
            )
    ordered = tuple(sorted(problems, key=lambda problem: problem.row or 0))
    return Outcome(rows, ordered, len(fresh), len(other), written)


def parse_rows(lines: list[Line]) -> tuple[tuple[Row, ...], list[Problem]]:
    """Return the rows of a table and what is wrong with others; empty lines are left out.

    Raises
    ------
    ImportRefusedError
        If a column or every row is missing.
    """
    if not lines:
        raise ImportRefusedError("文件是空的。/ the file is empty")
    places = _columns(lines[0][1])
    rows, problems = [], []
    for number, cells in lines[1:]:
        texts = {name: _cell(cells, place) for name, place in places.items()}
        if any(texts.values()):
            try:
                rows.append(_row(number, texts))
            except ValueError as error:
                problems.append(Problem(number, texts["device_id"], str(error)))
    if not rows and not problems:
        raise ImportRefusedError("文件没有数据行。/ the file has no rows")
    return tuple(rows), problems


def _columns(header: list[str]) -> dict[str, int]:
    names = [name.strip().lower() for name in header]
    found = {
        field: next((names.index(name) for name in known if name in names), -1)
        for field, known in COLUMNS.items()
    }
    missing = [COLUMNS[field][0] for field, place in found.items() if place < 0]
    if missing:
        raise ImportRefusedError(
            f"缺少列：{'、'.join(missing)}。/ columns are missing: "
            + ", ".join(field for field, place in found.items() if place < 0)
        )
    return found


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _row(number: int, texts: Mapping[str, str]) -> Row:
    numbers = {name: _number(name, texts[name]) for name in LARGEST}
    transmitter = numbers["transmitter"]
    if transmitter is None or not texts["device_id"]:
        raise ValueError("用传地址和设备编号必填 / transmitter and device_id are needed")
    system = (numbers["system_type"], numbers["system_address"])
    if None in system and (system != (None, None) or numbers["part_address"] is not None):
        raise ValueError(
            "系统类型和系统地址须同时填写 / system_type and system_address go together"
        )
    return Row(number, texts["device_id"], transmitter, *system, numbers["part_address"])


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    try:
        value = int(text, 0) if text.lower().startswith("0x") else int(text)
    except ValueError:
        raise ValueError(
            f"{COLUMNS[name][0]}“{text}”不是整数 / {name} {text!r} is no whole number"
        ) from None
    if not 0 <= value <= LARGEST[name]:
        raise ValueError(
            f"{COLUMNS[name][0]} {value} 超出 0…{LARGEST[name]} "
            f"/ {name} {value} is not within 0…{LARGEST[name]}"
        )
    return value


def _repeated(rows: Iterable[Row]) -> list[Problem]:
    first: dict[int | Address, int] = {}
    devices: dict[str, int] = {}
    problems = []
    for row in rows:
        if row.key in first:
            line = first[row.key]
            reason = f"与第 {line} 行地址相同 / the same address as in row {line}"
            problems.append(Problem(row.number, row.device_id, reason))
        elif isinstance(row.key, int) and row.device_id in devices:
            line = devices[row.device_id]
            reason = f"与第 {line} 行设备相同 / the same device as in row {line}"
            problems.append(Problem(row.number, row.device_id, reason))
        first.setdefault(row.key, row.number)
        if isinstance(row.key, int):
            devices.setdefault(row.device_id, row.number)
    return problems


def _unknown(session: Session, rows: Iterable[Row]) -> list[Problem]:
    """Return what does not fit the database: devices, their kinds, transmitters."""
    rows = list(rows)
    kinds = {row.id: row.kind for row in session.execute(select(Device.id, Device.kind))}
    named = {row.key for row in rows}
    known = transmitters.devices_of(session, (row.transmitter for row in rows))
    owners = transmitters.owners(session)
    problems = []
    for row in rows:
        reason = _misfit(row, kinds, owners)
        if not reason and known.get(row.transmitter) is None and row.transmitter not in named:
            reason = (
                f"用传 {row.transmitter} 未登记，请先加一行登记它 "
                f"/ transmitter {row.transmitter} is not registered; add a row for it"
            )
        if reason:
            problems.append(Problem(row.number, row.device_id, reason))
    return problems


def _misfit(row: Row, kinds: Mapping[str, DeviceKind], owners: Mapping[str, int]) -> str:
    kind, whole = kinds.get(row.device_id), isinstance(row.key, int)
    if kind is None:
        return f"没有设备 {row.device_id} / there is no device {row.device_id}"
    if whole and kind is not DeviceKind.TRANSMITTER:
        return f"设备类型是 {kind}，不是用传 / the device is a {kind}, not a transmitter"
    if not whole and kind is DeviceKind.TRANSMITTER:
        return "部件不能是用传 / a part can't be a transmitter"
    if whole and owners.get(row.device_id, row.transmitter) != row.transmitter:
        other = owners[row.device_id]
        return f"该设备已是用传 {other} / the device is transmitter {other} already"
    return ""


def _present(session: Session, rows: Iterable[Row]) -> dict[int | Address, str | None]:
    rows = list(rows)
    points = transmitters.points_of(
        session, [row.key for row in rows if isinstance(row.key, Address)]
    )
    devices = transmitters.devices_of(session, (row.transmitter for row in rows))
    present: dict[int | Address, str | None] = dict(devices.items())
    present.update({address: point.device_id for address, point in points.items()})
    return present


def _write(session: Session, rows: Iterable[Row], at: datetime) -> None:
    """Transmitters first: their parts refer to them."""
    for row in sorted(rows, key=lambda row: isinstance(row.key, Address)):
        if isinstance(row.key, Address):
            transmitters.register_point(session, row.key, row.device_id)
        else:
            transmitters.register(session, row.key, row.device_id, at)
