"""Events from a CSV file of any city: columns by name, bad rows counted by reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from geo.risk.errors import EventsError
from geo.risk.events import Events

#: What lies farther from the middle of the events is a slip of the pen, metres.
FAR_M: Final = 150_000.0
#: The number before the first stroke of 31/12/2024.
DAY_OR_MONTH: Final = r"^\s*(\d{1,2})[/.-]\d{1,2}[/.-]\d{4}"
MONTHS: Final = 12
MAX_LATITUDE: Final = 90.0
MAX_LONGITUDE: Final = 180.0


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns; ``conditions`` say which rows are forecast, all must hold."""

    lon: str
    lat: str
    date: str
    conditions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """The events of a file, and how many rows were left out for which reason.

    Attributes
    ----------
    events : Events
        Metres in an equal-area projection about their middle (Lambert), x east, y north.
    left_out : dict of str to int
    """

    events: Events
    left_out: Mapping[str, int]


def read_csv(path: Path, columns: Columns) -> Read:
    """Read the events of a CSV file.

    Parameters
    ----------
    path : Path
        UTF-8, with a header; coordinates in degrees (EPSG:4326).
    columns : Columns

    Raises
    ------
    EventsError
        If the file can't be read, lacks a column, or no row of it can be used.
    """
    frame = _frame(path, columns)
    day = _days(frame[columns.date])
    dated = np.asarray(day >= 0)
    lon, lat = (pd.to_numeric(frame[name], errors="coerce") for name in (columns.lon, columns.lat))
    lonlat = np.column_stack([lon, lat]).astype(np.float64)
    known = np.asarray(np.isfinite(lonlat).all(axis=1))
    on_earth = (np.abs(lonlat[:, 0]) <= MAX_LONGITUDE) & (np.abs(lonlat[:, 1]) <= MAX_LATITUDE)
    nowhere = (lonlat == 0).all(axis=1)
    good = known & on_earth & ~nowhere & dated
    if not good.any():
        raise EventsError(_useless(columns, known, np.asarray(on_earth), dated))
    xy, near = _metres(lonlat[good])
    wanted = _wanted(frame, columns.conditions)[good]
    left_out = {
        "no coordinates": int((~known | (known & nowhere)).sum()),
        "coordinates that are not on the Earth": int((known & ~on_earth).sum()),
        "no date": int((~dated).sum()),
        f"more than {FAR_M / 1000:.0f} km from the others": int((~near).sum()),
    }
    events = Events(xy[near], day[good][near], wanted[near])
    return Read(events, {reason: number for reason, number in left_out.items() if number})


def _frame(path: Path, columns: Columns) -> pd.DataFrame:
    names = [columns.lon, columns.lat, columns.date, *(name for name, _ in columns.conditions)]
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        raise EventsError(f"{path}: {error}") from error
    if missing := [name for name in names if name not in frame.columns]:
        raise EventsError(
            f"{path} has no column {', '.join(map(repr, missing))}; "
            f"it has {', '.join(map(repr, frame.columns))}"
        )
    if frame.empty:
        raise EventsError(f"{path} has a header and no rows")
    return frame


def _days(texts: "pd.Series[Any]") -> NDArray[np.int64]:
    """Return days since 1970-01-01; -1 where there is no date.

    Of 05/12/2024 the month comes first, unless another date of the file has no such month.
    """
    found = pd.to_datetime(texts, errors="coerce", utc=True, format="ISO8601")
    if found.isna().any():
        first = pd.to_numeric(texts.str.extract(DAY_OR_MONTH)[0], errors="coerce")
        other = pd.to_datetime(
            texts, errors="coerce", utc=True, format="mixed", dayfirst=bool((first > MONTHS).any())
        )
        found = found.fillna(other)
    days = found.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(found.isna().to_numpy(), -1, days)


def _metres(lonlat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return metres about the middle of the events, and which of them are near to it."""
    lon, lat = np.median(lonlat, axis=0)
    local = f"+proj=laea +lat_0={lat:.6f} +lon_0={lon:.6f} +ellps=WGS84 +units=m"
    to_local = Transformer.from_crs("EPSG:4326", local, always_xy=True)
    xy = np.column_stack(to_local.transform(lonlat[:, 0], lonlat[:, 1]))
    near = np.isfinite(xy).all(axis=1) & (np.hypot(xy[:, 0], xy[:, 1]) <= FAR_M)
    return xy, near


def _wanted(frame: pd.DataFrame, conditions: Sequence[tuple[str, str]]) -> NDArray[np.bool_]:
    wanted = np.ones(len(frame), dtype=bool)
    for name, value in conditions:
        held = _equal(frame[name], value)
        if not held.any():
            common = ", ".join(map(repr, frame[name].value_counts().index[:8]))
            raise EventsError(f"no row has {name}={value}; its commonest values: {common}")
        wanted &= held
    return wanted


def _equal(texts: "pd.Series[Any]", value: str) -> NDArray[np.bool_]:
    """Return where a text is the value: letter by letter, or as a number (1 and 1.0 are one)."""
    same = (texts.str.strip() == value.strip()).to_numpy()
    number = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
    if not np.isfinite(number):
        return np.asarray(same)
    return np.asarray(same | (pd.to_numeric(texts, errors="coerce") == number).to_numpy())


def _useless(
    columns: Columns,
    known: NDArray[np.bool_],
    on_earth: NDArray[np.bool_],
    dated: NDArray[np.bool_],
) -> str:
    if not known.any():
        return f"no row has numbers in {columns.lon!r} and {columns.lat!r}"
    if not (known & on_earth).any():
        return (
            f"no row has a longitude in [-180, 180] in {columns.lon!r} and a latitude in "
            f"[-90, 90] in {columns.lat!r}: degrees are needed; are they swapped?"
        )
    if not dated.any():
        return f"no row has a date in {columns.date!r}, e.g. 2024-12-31"
    return "no row has both a date and coordinates"
