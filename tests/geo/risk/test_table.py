from pathlib import Path

import numpy as np
import pytest

from geo.risk.errors import EventsError
from geo.risk.table import Columns, read_csv

COLUMNS = Columns("lon", "lat", "when")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_degrees_become_metres_about_the_middle(tmp_path: Path):
    text = (
        "when,lat,lon\n2024-01-01,24.80,118.60\n2024-01-02,24.80,118.60\n2024-01-03,24.81,118.60\n"
    )
    events = read_csv(written(tmp_path, text), COLUMNS).events
    assert np.linalg.norm(events.xy[2] - events.xy[0]) == pytest.approx(1108, abs=2)
    assert events.day.tolist() == [19723, 19724, 19725]
    assert events.wanted.all()


def test_rows_that_can_not_be_used_are_counted_by_reason_and_cost_only_themselves(tmp_path: Path):
    good = "".join(f"2024-01-0{1 + i % 9},24.8{i % 9},118.6\n" for i in range(200))
    bad = (
        "2024-01-01,,118.6\n2024-01-01,124.8,118.6\n,24.8,118.6\n"
        "2024-01-01,0,0\n2024-01-01,40,118.6\n"
    )
    read = read_csv(written(tmp_path, "when,lat,lon\n" + good + bad), COLUMNS)
    assert len(read.events) == 200
    assert read.left_out == {
        "no coordinates": 2,
        "coordinates that are not on the Earth": 1,
        "no date": 1,
        "more than 150 km from the others": 1,
    }


@pytest.mark.parametrize(
    "dates",
    [
        ("2023-12-31", "2024-01-01"),
        ("2023-12-31T23:59:59", "2024-01-01T00:00:00"),
        ("12/31/2023 11:59:59 PM", "01/01/2024 12:00:00 AM"),
        ("31/12/2023", "01/01/2024"),
        ("20231231", "20240101"),
    ],
)
def test_usual_ways_to_write_a_date(tmp_path: Path, dates: tuple[str, str]):
    rows = "".join(f"{date},24.8,118.6\n" for date in dates)
    assert read_csv(written(tmp_path, "when,lat,lon\n" + rows), COLUMNS).events.day.tolist() == [
        19722,
        19723,
    ]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [(("fire", "1"), [True, True, False]), (("kind", "Trash fire"), [False, True, False])],
)
def test_a_condition_says_what_is_forecast(tmp_path: Path, condition, wanted: list[bool]):
    text = "when,lat,lon,fire,kind\n" + "".join(
        f"2024-01-01,24.8,118.6,{fire},{kind}\n"
        for fire, kind in (("1", "House"), ("1.0", "Trash fire"), ("0", "House"))
    )
    columns = Columns("lon", "lat", "when", (condition,))
    assert read_csv(written(tmp_path, text), columns).events.wanted.tolist() == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("when,lat\n2024-01-01,1\n", r"no column 'lon'; it has 'when', 'lat'"),
        ("when,lat,lon\n", "a header and no rows"),
        ("", "events.csv"),
        ("when,lat,lon\n2024-01-01,north,east\n", "no row has numbers in 'lon' and 'lat'"),
        ("when,lat,lon\n2024-01-01,118.6,24.8\n", "swapped"),
        ("when,lat,lon\nsoon,24.8,118.6\n", "no row has a date"),
        ("when,lat,lon\nsoon,24.8,118.6\n2024-01-01,,\n", "both a date and coordinates"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_with_the_reason(tmp_path, text: str, reason: str):
    with pytest.raises(EventsError, match=reason):
        read_csv(written(tmp_path, text), COLUMNS)


def test_a_condition_that_no_row_meets_names_the_values_there_are(tmp_path: Path):
    path = written(tmp_path, "when,lat,lon,kind\n2024-01-01,24.8,118.6,House\n")
    with pytest.raises(EventsError, match="kind=Home; its commonest values: 'House'"):
        read_csv(path, Columns("lon", "lat", "when", (("kind", "Home"),)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(EventsError, match=r"none\.csv"):
        read_csv(tmp_path / "none.csv", COLUMNS)
