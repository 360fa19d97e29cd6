"""What an import would change: each row compared with the database."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from data.reference.check import Resolved
from data.reference.errors import Problem
from data.reference.fields import FIELDS, Layer, key_field
from data.reference.known import MODELS, Known, referring

#: 0.1 m: formats write coordinates with different numbers of digits.
SAME_DEG: Final = 1e-6


#: More than this share of the database's rows does not go by mistake.
LARGE_SHARE: Final = 0.5


class Kind(StrEnum):
    """What happens to a row of the database."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Change:
    """One row; ``values`` are the columns to set, by name (geometry as a shapely object)."""

    id: str
    kind: Kind
    row: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import would do; ``kept`` rows are not in the file and stay."""

    layer: Layer
    changes: tuple[Change, ...]
    kept: int

    def counts(self) -> dict[str, int]:
        """Return how many rows of each kind there are."""
        counted = Counter(change.kind for change in self.changes)
        return {str(kind): counted[kind] for kind in Kind} | {"kept": self.kept}


def make_plan(layer: Layer, resolved: Sequence[Resolved], known: Known, *, replace: bool) -> Plan:
    """Compare the file's rows with the database's."""
    changes = [_change(layer, record, known) for record in resolved]
    in_file = {record.id for record in resolved}
    absent = sorted(known.rows.keys() - in_file)
    if replace:
        changes += _removals(layer, absent, known)
    return Plan(layer, tuple(changes), 0 if replace else len(absent))


def removal_problems(session: Session, plan: Plan) -> list[Problem]:
    """Return the rows that can't be removed because others refer to them (devices, history)."""
    removed = [change.id for change in plan.changes if change.kind is Kind.REMOVED]
    if not removed:
        return []
    used = referring(session, MODELS[plan.layer])
    reason = "不能移除，仍被 {0} 引用 / can't be removed: still referred to by {0}"
    return [
        Problem(None, row_id, reason.format(", ".join(used[row_id])))
        for row_id in removed
        if row_id in used
    ]


def large_change_problems(plan: Plan, known: Known) -> tuple[Problem, ...]:
    """Return a refusal if more than half of what is in the database would go: a wrong file may."""
    gone = sum(change.kind in {Kind.REMOVED, Kind.DISABLED} for change in plan.changes)
    there = sum(not getattr(row, "disabled", False) for row in known.rows.values())
    if gone <= LARGE_SHARE * there:
        return ()
    reason = (
        f"现有 {there} 条中将有 {gone} 条被移除或停用；确认无误请加 --allow-large-change "
        f"/ {gone} of {there} rows would be removed or disabled; "
        "if that is meant, add --allow-large-change"
    )
    return (Problem(None, "", reason),)


def _removals(layer: Layer, absent: Iterable[str], known: Known) -> list[Change]:
    """History refers to devices and their slots stay, so devices are disabled instead."""
    if layer is not Layer.DEVICES:
        return [Change(row_id, Kind.REMOVED) for row_id in absent]
    return [
        Change(row_id, Kind.DISABLED, values={"disabled": True})
        for row_id in absent
        if not known.rows[row_id].disabled
    ]


def _change(layer: Layer, record: Resolved, known: Known) -> Change:
    row = known.rows.get(record.id)
    if row is None:
        return Change(record.id, Kind.NEW, record.row, _complete(layer, record.values))
    members = tuple(c.code for c in known.communities if c.work_point_id == record.id)
    before = {"communities": members}
    differing = {
        name: value
        for name, value in record.values.items()
        if not _same(before[name] if name in before else getattr(row, name), value)
    }
    if _same_place(row, record.values, differing):
        differing = {name: differing[name] for name in differing if name not in {"lon", "lat"}}
    kind = Kind.CHANGED if differing else Kind.UNCHANGED
    return Change(record.id, kind, record.row, differing)


def _same(stored: Any, said: Any) -> bool:
    if isinstance(said, BaseGeometry):
        before = shapely.normalize(shapely.from_wkb(stored))
        return bool(shapely.equals_exact(before, shapely.normalize(said), tolerance=SAME_DEG))
    return bool(stored == said)


def _same_place(row: Any, said: Mapping[str, Any], differing: Mapping[str, Any]) -> bool:
    """Return whether the row stays where it is; a label set by hand outlives the same outline."""
    if "geometry" in said:
        return "geometry" not in differing
    moved = (
        abs(getattr(row, name) - differing.get(name, getattr(row, name))) for name in ("lon", "lat")
    )
    return all(by <= SAME_DEG for by in moved)


def _complete(layer: Layer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new row's columns with the defaults for what the file does not say."""
    columns = set(MODELS[layer].__table__.columns.keys()) - {key_field(layer)}
    defaults = {f.name: f.default for f in FIELDS[layer] if f.name in columns}
    full = {**defaults, **values}
    name = full.get("name") or ""
    if layer is Layer.COMMUNITIES and full["name_short"] is None:
        full["name_short"] = name.removesuffix("社区")
    if layer in {Layer.COMMUNITIES, Layer.WORK_POINTS} and full["name_en"] is None:
        full["name_en"] = name
    return full
