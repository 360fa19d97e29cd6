"""Registering what spoke and was not known: in SQL, for the next message, and on the screens."""

from dataclasses import replace

import pytest

from data.commands import Actor
from data.domain.errors import (
    AlreadyRegisteredError,
    MisfitError,
    NotAllowedError,
    NotFoundError,
)
from data.domain.registration import NewDevice
from data.domain.words import DeviceKind, Role, Status
from data.feeds import gb26875 as gb
from data.feeds.transmitters.intake import Intake, Received
from data.feeds.transmitters.translate import translate
from data.store.models import AlarmRow, Audit, Device, Transmitter, TransmitterPoint
from tests.lane import DUTY, Lane
from tests.transmitters import ADDRESS, frame, part, register

ADMIN = Actor("admin", Role.ADMIN, "127.0.0.1")
STRANGER = 7
NEW = NewDevice(DeviceKind.HEAT, "3层 走廊 感温", "3层 走廊")


@pytest.fixture
def site(lane: Lane) -> Lane:
    """A registered transmitter; a part of it that nobody registered has raised a fire."""
    register(lane.database)
    lane.worker.heal()
    say(lane, part_address=300)
    return lane


def say(lane: Lane, source: int = ADDRESS, **more: object) -> None:
    """What a part of a transmitter says, through the TCP way in without its socket."""
    lane.clock.tick(1)
    told = frame(lane.clock(), gb.Kind.PART_STATE, part(lane.clock(), **more), source=source)
    intake = Intake(lane.database, lane.pipeline, lane.clock)
    intake.take([Received(translate(told), lane.clock())])


def point_of(lane: Lane, part_address: int = 300) -> TransmitterPoint:
    points: list[TransmitterPoint] = lane.rows(TransmitterPoint)
    return next(point for point in points if point.part_address == part_address)


def test_a_part_becomes_a_device_that_is_there_and_its_next_state_is_that_devices(
    site: Lane,
) -> None:
    answer = site.commands.register_point(point_of(site).id, "H0", ADMIN)
    assert answer == {"point": point_of(site).id, "device": "H0", "standing": 1}
    say(site, part_address=300)
    assert [(alarm.device_id, alarm.closed_at) for alarm in site.rows(AlarmRow)] == [
        ("T1", None),  # what stood at the transmitter is judged there
        ("H0", None),
    ]
    (line,) = site.rows(Audit)
    assert (line.actor, line.action) == ("admin", "address.registered")
    assert (line.subject, line.detail) == (f"point:{point_of(site).id}", {"device": "H0"})


def test_a_new_device_stands_where_its_transmitter_does_and_every_screen_learns_of_it(
    site: Lane,
) -> None:
    answer = site.commands.register_point(point_of(site).id, NEW, ADMIN)
    device = next(d for d in site.rows(Device) if d.id == answer["device"])
    assert device.id == "GB-889-1-1-300"
    assert (device.building_id, device.kind, device.location) == ("B1", DeviceKind.HEAT, "3层 走廊")
    assert device.slot == max(d.slot for d in site.rows(Device))
    site.worker.step()  # a new geometry: the present is made anew
    assert site.present.statuses()[device.slot] == Status.STALE
    say(site, part_address=300)
    assert site.present.statuses()[device.slot] == Status.ALARM
    assert site.rows(AlarmRow)[-1].device_id == device.id


def test_a_transmitter_becomes_a_new_device_of_a_building_and_is_confirmed_from_then_on(
    site: Lane,
) -> None:
    say(site, source=STRANGER)
    assert site.count(AlarmRow) == 1
    new = NewDevice(DeviceKind.TRANSMITTER, "用传 7", building_id="B1")
    answer = site.commands.register_transmitter(STRANGER, new, ADMIN)
    assert answer == {"address": STRANGER, "device": "GB-7"}
    say(site, source=STRANGER)
    assert site.rows(AlarmRow)[-1].device_id == "GB-7"


def test_of_two_who_register_the_same_the_second_is_told(site: Lane) -> None:
    say(site, source=STRANGER)
    new = NewDevice(DeviceKind.TRANSMITTER, "用传 7", building_id="B1")
    site.commands.register_transmitter(STRANGER, new, ADMIN)
    site.commands.register_point(point_of(site).id, "H0", ADMIN)
    for again in ("H0", "S1"):
        with pytest.raises(AlreadyRegisteredError):
            site.commands.register_point(point_of(site).id, again, ADMIN)
    with pytest.raises(MisfitError, match="transmitter 889 already"):
        site.commands.register_transmitter(STRANGER, "T1", ADMIN)
    with pytest.raises(MisfitError, match="choose it"):
        site.commands.register_transmitter(STRANGER, new, ADMIN)
    assert len(site.rows(Audit)) == 2


def test_a_click_that_is_repeated_makes_no_second_device(site: Lane) -> None:
    keyed = replace(ADMIN, key="click-1")
    first = site.commands.register_point(point_of(site).id, NEW, keyed)
    before = site.count(Device)
    assert site.commands.register_point(point_of(site).id, NEW, keyed) == first
    assert site.count(Device) == before


def test_what_does_not_fit_changes_nothing(site: Lane) -> None:
    point = point_of(site).id
    say(site, source=STRANGER)
    register_point = site.commands.register_point
    register_transmitter = site.commands.register_transmitter
    new = NewDevice(DeviceKind.TRANSMITTER, "用传", building_id="B9")
    wrong = [
        (NotAllowedError, lambda: register_point(point, "H0", DUTY)),
        (NotFoundError, lambda: register_point(point, "X9", ADMIN)),
        (NotFoundError, lambda: register_point(999, "H0", ADMIN)),
        (MisfitError, lambda: register_point(point, "T1", ADMIN)),
        (NotAllowedError, lambda: register_transmitter(STRANGER, "T1", DUTY)),
        (NotFoundError, lambda: register_transmitter(8, "T1", ADMIN)),
        (NotFoundError, lambda: register_transmitter(STRANGER, new, ADMIN)),
        (MisfitError, lambda: register_transmitter(STRANGER, "S0", ADMIN)),
        (MisfitError, lambda: register_transmitter(STRANGER, NEW, ADMIN)),
    ]
    before = site.count(Device)
    for error, act in wrong:
        with pytest.raises(error):
            act()
    assert site.count(Device) == before
    assert {row.result for row in site.rows(Audit)} == {"refused"}
    assert point_of(site).device_id is None
    assert {row.address: row.device_id for row in site.rows(Transmitter)} == {889: "T1", 7: None}
