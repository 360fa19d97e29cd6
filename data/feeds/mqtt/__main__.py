"""``python -m data.feeds.mqtt MAPPING TOPIC < MESSAGE``: what a mapping makes of a message."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from data.domain.readings import Reading
from data.errors import StartError
from data.feeds.mqtt.letters import Letter, translate
from data.feeds.mqtt.mapping import load_mapping


def show(
    mapping: Annotated[Path, typer.Argument()], topic: Annotated[str, typer.Argument()]
) -> None:
    """Print the readings that the message on standard input is, and what is wrong with it."""
    letter = Letter(topic, sys.stdin.buffer.read(), datetime.now(UTC))
    try:
        content = translate(letter, load_mapping(mapping))
    except StartError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    said = {
        "source": content.source,
        "gateway": content.gateway,
        "readings": [
            {**_plain(reading), "values": dict(reading.values)} for reading in content.readings
        ],
        "faults": [fault.text for fault in content.faults],
    }
    typer.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())


def _plain(reading: Reading) -> dict[str, object]:
    return {
        "device_id": reading.device_id,
        "message_id": reading.message_id,
        "measured_at": reading.measured_at,
        "status": reading.reported,
        "conditions": None if reading.conditions is None else sorted(reading.conditions),
    }


if __name__ == "__main__":
    typer.run(show)
