from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from data.domain.chatter import CHATTER_ABOVE
from data.domain.rules import judge
from data.domain.words import AlarmKind, DeviceKind, Reported
from data.feeds.happenings import ALERT_INTERVAL_S, PLOTS, Happening, Happenings
from data.feeds.physics import traits, usual_values

KINDS = [kind for kind in DeviceKind for _ in range(50)]
HEALTHY = np.arange(len(KINDS))


def _play(seconds: float, *, rate: float = 1.0, seed: int = 1) -> list[tuple[int, Happening]]:
    happenings = Happenings(KINDS, HEALTHY, np.random.default_rng(seed), rate=rate)
    found = []
    for moment in np.arange(0.0, seconds, 2.0):
        hour = moment / 3600 % 24
        found += [
            (device, happenings.active[device]) for device in happenings.step(moment, 2.0, hour)
        ]
    return found


@pytest.fixture(scope="module")
def day() -> list[tuple[int, Happening]]:
    return _play(86_400)


def _kinds(device: int, happening: Happening) -> set[AlarmKind]:
    """Return the kinds of alarms that a happening raises at its peak in usual surroundings."""
    kind = KINDS[device]
    usual = usual_values(kind, traits([str(device)], 1), np.array([12.0]), 100.0)
    first = happening.excursions[0]
    peak = first.start + first.rise_s + first.hold_s / 2
    values = {
        name: max(0.0, float(column[0, 0]) + happening.added(name, peak))
        for name, column in usual.items()
    }
    return {found.kind for found in judge(kind, values, None, frozenset()) if found.on}


def test_a_fire_alarm_comes_every_ten_to_fifteen_minutes(
    day: list[tuple[int, Happening]],
) -> None:
    fires = [
        1 for device, what in day if what.excursions and AlarmKind.FIRE in _kinds(device, what)
    ]
    assert 86_400 / (15 * 60) * 0.75 < len(fires) < 86_400 / (10 * 60) * 1.25


def test_everything_that_happens_is_noticed(day: list[tuple[int, Happening]]) -> None:
    raised = [bool(_kinds(device, what)) for device, what in day if what.excursions]
    assert sum(raised) > 0.97 * len(raised)
    assert 15 < len(day) / 24 < 40  # an hour


def test_every_sort_happens_to_the_kinds_it_suits(day: list[tuple[int, Happening]]) -> None:
    values = Counter(
        (KINDS[device], excursion.value) for device, what in day for excursion in what.excursions
    )
    assert {(kind, peak[0]) for plot in PLOTS for kind in plot.kinds for peak in plot.peaks} >= set(
        values
    )
    assert sum(what.fault_until is not None for _, what in day) > 50


def test_a_higher_rate_lets_more_happen() -> None:
    assert len(_play(7200, rate=4.0)) > 2.5 * len(_play(7200))


def test_a_fault_is_reported_and_taken_back() -> None:
    fault = Happening((), 100.0)
    assert fault.status_at(99.0) is Reported.FAULT
    assert fault.status_at(101.0) is Reported.RESTORED
    assert fault.end >= 100.0 + ALERT_INTERVAL_S


def test_a_loose_contact_comes_and_goes_often_enough_to_be_chatter() -> None:
    loose = Happening((), 300.0, flaps=True)
    moments = np.arange(0.0, 300.0, ALERT_INTERVAL_S)
    said = [loose.status_at(float(moment)) for moment in moments]
    assert sum(one is not other for one, other in pairwise(said)) > CHATTER_ABOVE
    assert loose.status_at(301.0) is Reported.RESTORED


def test_loose_contacts_happen_only_where_they_are_wanted() -> None:
    def flapping(*, wanted: bool) -> int:
        rng = np.random.default_rng(1)
        happenings = Happenings(KINDS, HEALTHY, rng, rate=50.0, flapping=wanted)
        for moment in np.arange(0.0, 3600.0, 60.0):
            happenings.step(moment, 60.0, 12.0)
        return sum(what.flaps for what in happenings.active.values())

    assert flapping(wanted=True) > 0
    assert flapping(wanted=False) == 0


def test_what_is_over_is_forgotten() -> None:
    happenings = Happenings(KINDS, HEALTHY, np.random.default_rng(1), rate=50.0)
    happenings.step(0.0, 10.0, 12.0)
    assert happenings.active
    last = max(happening.end for happening in happenings.active.values())
    happenings.step(last + 1, 0.0, 12.0)
    assert not happenings.active


def test_nothing_happens_in_an_empty_town() -> None:
    happenings = Happenings([], np.empty(0, dtype=np.int64), np.random.default_rng(1))
    assert happenings.step(0.0, 1e9, 12.0) == []
