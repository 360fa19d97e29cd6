"""A forecast as bytes: the same forecast is always the same bytes, on every machine."""

import zlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from data.domain.risk.records import CATEGORIES, Forecast, Model, Raster, RiskError

MAGIC: Final = b"XTRISK1\n"
#: Of the arrays, in their order: name and type, little-endian.
_ARRAYS: Final = {"expected": "<f4", "contributions": "<f4", "surface": "<f4"}


def to_bytes(forecast: Forecast) -> bytes:
    """Return a forecast as bytes: a mark, and compressed a line of JSON and the arrays."""
    surface, ids = forecast.surface, [str(one) for one in forecast.ids]
    head = {
        "week": None if forecast.week is None else forecast.week.isoformat(),
        "as_of": forecast.as_of.isoformat(),
        "model": _model_as_json(forecast.model),
        "terms": list(forecast.terms),
        "ids": ids,
        "surface": {
            "west": surface.west,
            "south": surface.south,
            "cell_m": surface.cell_m,
            "shape": list(surface.values.shape),
        },
    }
    arrays = (forecast.expected, forecast.contributions, surface.values)
    body = [orjson.dumps(head, option=orjson.OPT_SORT_KEYS), b"\n"]
    body += [
        np.ascontiguousarray(one, dtype=kind).tobytes()
        for one, kind in zip(arrays, _ARRAYS.values(), strict=True)
    ]
    return MAGIC + zlib.compress(b"".join(body), 6)


def from_bytes(raw: bytes) -> Forecast:
    """Return the forecast that became these bytes.

    Raises
    ------
    RiskError
        If they are no forecast, or damaged.
    """
    if not raw.startswith(MAGIC):
        raise RiskError("this is no forecast: it does not begin with its mark")
    try:
        line, _newline, rest = zlib.decompress(raw[len(MAGIC) :]).partition(b"\n")
        return _forecast(orjson.loads(line), rest)
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise RiskError(f"the forecast is damaged: {error}") from error


def _forecast(head: Mapping[str, Any], rest: bytes) -> Forecast:
    n, terms, shape = len(head["ids"]), head["terms"], tuple(head["surface"]["shape"])
    shapes = {"expected": (n,), "contributions": (n, len(terms)), "surface": shape}
    arrays, at = dict[str, NDArray[np.float32]](), 0
    for name, kind in _ARRAYS.items():
        size = int(np.prod(shapes[name], dtype=np.int64))
        some = np.frombuffer(rest, kind, size, at) if size else np.empty(0, dtype=kind)
        arrays[name] = some.reshape(shapes[name]).astype(np.float32)
        at += size * 4
    if at != len(rest):
        raise ValueError(f"{len(rest)} bytes of arrays, expected {at}")
    place = head["surface"]
    return Forecast(
        week=None if head["week"] is None else date.fromisoformat(head["week"]),
        as_of=datetime.fromisoformat(head["as_of"]),
        model=_model(head["model"]),
        ids=np.array(head["ids"], dtype=np.str_),
        expected=arrays["expected"],
        contributions=arrays["contributions"],
        terms=tuple(terms),
        surface=Raster(arrays["surface"], place["west"], place["south"], place["cell_m"]),
    )


def _model_as_json(model: Model) -> dict[str, Any]:
    return {
        "base": {str(category): value for category, value in model.base.items()},
        "weight": dict(model.weight),
        "mean": dict(model.mean),
        "mean_base": model.mean_base,
        "level": model.level,
        "at_buildings": model.at_buildings,
        "elsewhere": model.elsewhere,
        "learnt_from": model.learnt_from,
        "sufficient": model.sufficient,
    }


def _model(told: dict[str, Any]) -> Model:
    base = {category: told["base"][category] for category in CATEGORIES}
    return Model(**{**told, "base": base})
