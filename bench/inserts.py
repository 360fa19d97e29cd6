"""What the indexes cost the pipeline: alarms written and closed a second, ``bench.inserts``.

``--revision`` takes a copy of the file of ``bench.drilldown`` back to another revision of the
tables, so that two can be compared. Transactions of 100 alarms, durable, as the pipeline's; places
and kinds are drawn as evenly as a storm would.
"""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy import select, update

from bench.harness import report
from bench.past import NOW, PAST_FILE, make_past
from data.domain.words import AlarmKind, Verdict
from data.store.database import Database
from data.store.migrate import current, downgrade
from data.store.models import AlarmRow, Device

IN_ONE: Final = 100
FIRST_ID: Final = 900_000_000


def rows(database: Database, count: int) -> list[AlarmRow]:
    """Return alarms of devices anywhere in the town, one a second."""
    chance = random.Random(1)
    with database.reading() as session:
        places = session.execute(
            select(Device.id, Device.building_id, Device.community_code).order_by(Device.id)
        ).all()
    kinds = list(AlarmKind)
    found = []
    for number in range(count):
        device, building, community = chance.choice(places)
        at = NOW + timedelta(seconds=number)
        times = {"raised_at": at, "received_at": at, "last_at": at}
        found.append(
            AlarmRow(
                id=FIRST_ID + number,
                device_id=device,
                building_id=building,
                community_code=community,
                message_id=f"w{number}",
                kind=chance.choice(kinds),
                cause="smoke_fire",
                value=1.0,
                **times,
            )
        )
    return found


def timed(figure: str, parts: Sequence[Callable[[], None]], revision: str | None) -> None:
    """Report how many alarms a second some transactions write."""
    clock, cpu = time.perf_counter(), time.process_time()
    for part in parts:
        part()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    alarms = len(parts) * IN_ONE
    report(
        figure,
        revision=revision,
        alarms=alarms,
        per_s=round(alarms / clock),
        per_cpu_s=round(alarms / cpu),
    )


def main(
    alarms: int = 10_000,
    revision: Annotated[str, typer.Option(help="of the tables; the newest if empty")] = "",
    path: Annotated[Path, typer.Option(help="is copied and stays as it is")] = PAST_FILE,
) -> None:
    """Write alarms, then close them, in a copy of the past."""
    make_past(path, 50_000, 1_000_000).close()
    copy = path.with_suffix(".copy.db")
    shutil.copyfile(path, copy)
    database = Database(f"sqlite:///{copy}")
    try:
        if revision:
            downgrade(database.url, revision)
        measure(database, alarms)
    finally:
        database.close()
        for file in copy.parent.glob(f"{copy.name}*"):
            file.unlink()


def measure(database: Database, alarms: int) -> None:
    """Report the rates of writing and of closing."""
    new = rows(database, alarms)
    ids = [row.id for row in new]
    random.Random(2).shuffle(ids)
    starts = range(0, alarms, IN_ONE)

    def write(start: int) -> None:
        with database.writing() as session:
            session.add_all(new[start : start + IN_ONE])

    def close(start: int) -> None:
        done = {"closed_at": NOW + timedelta(days=1), "verdict": Verdict.FALSE}
        with database.writing() as session:
            for key in ids[start : start + IN_ONE]:
                session.execute(update(AlarmRow).where(AlarmRow.id == key).values(done))

    revision = current(database.url)
    timed("alarms written", [partial(write, start) for start in starts], revision)
    timed("alarms closed", [partial(close, start) for start in starts], revision)


if __name__ == "__main__":
    typer.run(main)
