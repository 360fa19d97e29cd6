from datetime import timedelta

from data.store.models import ReadingHour
from data.store.retention import DELETED_TOGETHER, DEVICES_TOGETHER, HOURS_KEPT
from tests.lane import T0, Lane


def hours(lane: Lane, device_id: str, *ages: timedelta) -> None:
    with lane.database.writing() as session:
        session.add_all(
            ReadingHour(
                device_id=device_id,
                hour=T0 - age,
                value="smoke_pct",
                count=1,
                total=1,
                low=1,
                high=1,
            )
            for age in ages
        )


def sweep(lane: Lane, steps: int = 10) -> list[int]:
    return [lane.worker.forget_hours() for _ in range(steps)]


def test_two_years_are_kept_and_what_is_older_goes(lane: Lane) -> None:
    hour = timedelta(hours=1)
    hours(lane, "S0", HOURS_KEPT + hour, HOURS_KEPT, timedelta(0))
    hours(lane, "P0", HOURS_KEPT + hour, timedelta(days=400))
    assert sum(sweep(lane)) == 2
    left = [(row.device_id, T0 - row.hour) for row in lane.rows(ReadingHour)]
    assert left == [
        ("P0", timedelta(days=400)),
        ("S0", HOURS_KEPT),
        ("S0", timedelta(0)),
    ]


def test_a_step_deletes_a_day_at_most(lane: Lane) -> None:
    hours(lane, "S0", *(HOURS_KEPT + timedelta(hours=n) for n in range(1, 61)))
    steps = sweep(lane)
    assert sum(steps) == 60
    assert max(steps) <= DELETED_TOGETHER / timedelta(hours=1)


def test_all_devices_get_their_turn(lane: Lane) -> None:
    assert DEVICES_TOGETHER >= 7  # the lane's fit into one step
    sweep(lane, 2)
    hours(lane, "S3", HOURS_KEPT + timedelta(hours=1))
    assert sum(sweep(lane, 3)) == 1
