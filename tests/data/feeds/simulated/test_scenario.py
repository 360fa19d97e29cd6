import pytest

from data.domain.readings import VALUE_RANGES
from data.feeds.simulated.scenario import Cut, Mend, Report
from data.feeds.simulated.scenarios import SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_timeline_says_what_can_be_measured_in_two_languages(name: str) -> None:
    scenario = SCENARIOS[name]
    assert scenario.name == name
    assert all(step.zh and step.en for step in scenario.steps)
    assert scenario.zh
    assert scenario.en
    reports = [step.does for step in scenario.steps if isinstance(step.does, Report)]
    for report in reports:
        for value, number in report.values.items():
            least, most = VALUE_RANGES[value]
            assert least <= number <= most


@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_vanishes_comes_back(name: str) -> None:
    gone: list[str] = []
    for step in SCENARIOS[name].steps:
        if isinstance(step.does, Cut):
            gone.append(step.who)
        elif isinstance(step.does, Mend):
            gone.remove(step.who)
    assert gone == []
    assert SCENARIOS[name].cuts is any(isinstance(s.does, Cut) for s in SCENARIOS[name].steps)


def test_how_long_they_take() -> None:
    seconds = {name: scenario.seconds for name, scenario in SCENARIOS.items()}
    assert seconds["quiet-day"] == 96
    assert 300 <= seconds["fire-in-sanheyi"] <= 600
