"""Each fault on each stack; ``make faults`` lets each happen twenty times and prints the table."""

from random import Random

import pytest

from tests.faults import plans
from tests.faults.phases import Report, unwell

ONCE = plans.Dose(kills=1, others=2, jumps=4, short_cuts=1, short_cut_s=3)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", plans.DATABASES)
def test_nothing_is_lost_and_nothing_doubled(database: str) -> None:
    reports: list[Report] = []
    plans.run_all(database, ONCE, Random(1), reports.append)
    assert all(report.verdict.confirmed > 0 for report in reports)
    assert unwell(reports) == []


@pytest.mark.timeout(600)
def test_the_launcher_starts_again_what_was_killed() -> None:
    reports: list[Report] = []
    plans.run_launched(ONCE, Random(1), reports.append)
    assert unwell(reports) == []
