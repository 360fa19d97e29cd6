"""Each fault a few times; ``make faults`` does the same twenty times and prints the table."""

from random import Random

import pytest

from tests.faults import plans
from tests.faults.phases import Report, unwell

DOSE = plans.Dose(kills=2, others=2, long_cut_s=0, short_cuts=2, short_cut_s=3)
RUNS = {
    "kills": plans.run_kills,
    "full disk": plans.run_full,
    "jumping clock": plans.run_jumps,
    "cut wires": plans.run_cuts,
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("what", RUNS)
@pytest.mark.parametrize("database", plans.DATABASES)
def test_nothing_is_lost_and_nothing_doubled(database: str, what: str) -> None:
    if what == "full disk" and not plans.can_mount():
        pytest.skip("a small disk can only be mounted by root")
    reports: list[Report] = []
    RUNS[what](database, DOSE, Random(1), reports.append)
    assert reports
    assert all(report.verdict.confirmed > 0 for report in reports)
    assert unwell(reports) == []


@pytest.mark.timeout(180)
def test_the_launcher_starts_again_what_was_killed() -> None:
    reports: list[Report] = []
    plans.run_launched(plans.Dose(kills=5), Random(1), reports.append)
    assert unwell(reports) == []
