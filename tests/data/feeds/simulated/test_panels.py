"""What messages of devices become on the lines, without a line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.domain.words import Reported
from data.feeds import gb26875 as gb
from data.feeds.simulated.cast import Pool
from data.feeds.simulated.ledger import Ledger
from data.feeds.simulated.mischief import NONE, Fault, Mischief
from data.feeds.simulated.panels import Panels

AT = datetime(2026, 11, 22, 2, 24, 7, tzinfo=UTC)
NOWHERE = ("127.0.0.1", 9)


def panels_of(pool: Pool, mischief: Mischief | None = None) -> Panels:
    only = [member.id for member in pool.talking]
    return Panels(pool.town, NOWHERE, mischief or Mischief(NONE, 1), Ledger(), only)


@pytest.fixture
def part(pool: Pool) -> str:
    """A heat detector behind a panel."""
    healthy = {member.id for member in pool.healthy}
    parts = pool.town.wiring.parts
    return next(d for d, (_, part) in parts.items() if part.part_type == 30 and d in healthy)


def message(device_id: str, status: Reported, **values: float) -> dict[str, Any]:
    return {
        "device_id": device_id,
        "message_id": "m",
        "measured_at": AT.isoformat(),
        "status": str(status),
        "values": values,
    }


def said(panels: Panels, *messages: dict[str, Any]) -> list[tuple[int, Any, bool]]:
    return [
        (client.address, record, keep)
        for client, unit, keep in panels.jobs(messages)
        for record in unit.objects
    ]


def test_a_state_is_said_when_it_changes_until_it_is_confirmed(pool: Pool, part: str) -> None:
    panels = panels_of(pool)
    address, wired = pool.town.wiring.parts[part]
    burning = message(part, Reported.FIRE, temperature_c=71.0)
    (first, second) = said(panels, burning)
    fire = wired.state(gb.PartFlag.NORMAL | gb.PartFlag.FIRE, AT)
    (value,) = wired.analogues({"temperature_c": 71.0}, AT)
    assert (first, second) == ((address, fire, True), (address, value, False))
    assert said(panels, burning) == [second]
    (over, _) = said(panels, message(part, Reported.RESTORED, temperature_c=24.0))
    assert over[1].state == gb.PartFlag.NORMAL


def test_a_transmitter_speaks_of_itself(pool: Pool) -> None:
    panels = panels_of(pool)
    device_id, address = next(iter(pool.town.wiring.addresses.items()))
    assert said(panels, message(device_id, Reported.NORMAL)) == []
    ((source, state, keep),) = said(panels, message(device_id, Reported.FAULT))
    assert (source, keep) == (address, True)
    assert state.state == gb.TransmitterFlag.WATCHING | gb.TransmitterFlag.FAULT


def test_times_are_those_of_the_transmitter_s_clock(pool: Pool, part: str) -> None:
    address = pool.town.wiring.parts[part][0]
    seed = next(seed for seed in range(500) if Mischief({Fault.DRIFT}, seed).drift_of(str(address)))
    mischief = Mischief({Fault.DRIFT}, seed)
    ((_, value, _),) = said(
        panels_of(pool, mischief), message(part, Reported.NORMAL, temperature_c=24.0)
    )
    shown = (AT + mischief.drift_of(str(address))).replace(microsecond=0)
    assert value.at.utc == shown
    assert abs(shown - AT) >= timedelta(seconds=9)


def test_the_alarm_button_is_the_transmitter_s_and_others_are_the_panel_s(pool: Pool) -> None:
    panels = panels_of(pool)
    device_id = next(iter(pool.town.wiring.addresses))
    for button, kind in (
        (gb.OperationFlag.MANUAL_ALARM, gb.Kind.TRANSMITTER_OPERATION),
        (gb.OperationFlag.SILENCE, gb.Kind.OPERATION),
    ):
        _, unit, keep = panels.pressed(device_id, button)
        assert (unit.kind, keep) == (kind, True)


def test_only_those_that_speak_are_connected(pool: Pool, part: str) -> None:
    panels = Panels(pool.town, NOWHERE, Mischief(NONE, 1), Ledger(), [part])
    address = pool.town.wiring.parts[part][0]
    others = [d for d, other in pool.town.wiring.addresses.items() if other != address]
    assert panels.speaks_for(part)
    assert not any(map(panels.speaks_for, others))
