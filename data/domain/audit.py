"""The audit's chain: what a row is hashed over, and what is wrong with a table of them.

The hash is a plain SHA-256: whoever holds the table can verify it, an auditor without our key as
well, and a key that is lost or changed leaves the past verifiable. Against somebody who writes the
whole chain anew stand the anchors, which are kept outside the database.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import orjson

#: What the very first row follows.
GENESIS: Final = "0" * 64
#: Rows up to ``detail["until"]``, the last of which had the hash ``detail["hash"]``, are gone.
PRUNED: Final = "audit.pruned"
_CANONICAL: Final = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


class Result(StrEnum):
    """What became of what somebody tried."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the audit: who did what, when, from where, why, and what it changed."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str = ""
    address: str = ""
    result: str = Result.DONE
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    prev: str = GENESIS
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A row that is known to have been there, by its hash."""

    id: int
    hash: str


class Fault(StrEnum):
    """What is wrong at a row."""

    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"
    BEGINNING = "beginning"
    CUT = "cut"
    REWRITTEN = "rewritten"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, the row where it shows, and a sentence."""

    fault: Fault
    id: int
    text: str


def digest(entry: Entry) -> str:
    """Return the hash of a row: SHA-256 over all its values and the hash before, as JSON."""
    values = [
        entry.id,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.address,
        str(entry.result),
        entry.reason,
        dict(entry.detail),
        dict(entry.before),
        dict(entry.after),
        entry.prev,
    ]
    return hashlib.sha256(orjson.dumps(values, option=_CANONICAL)).hexdigest()


def verify(entries: Iterable[Entry], head: Mark, anchors: Iterable[Mark] = ()) -> Iterator[Finding]:
    """Yield what is wrong with the rows, in the order of their ids.

    Parameters
    ----------
    entries : iterable of Entry
        Every row, by id.
    head : Mark
        The newest row, as the database keeps it beside the table.
    anchors : iterable of Mark
        Rows that were noted outside the database.
    """
    known = {anchor.id: anchor for anchor in anchors}
    first: Entry | None = None
    last = Mark(0, GENESIS)
    pruned = {Mark(0, GENESIS)}
    for entry in entries:
        if first is None:
            first = entry
        elif entry.prev != last.hash:
            yield _broken(entry, last)
        if digest(entry) != entry.hash:
            yield Finding(Fault.CHANGED, entry.id, f"row {entry.id} was changed")
        anchor = known.pop(entry.id, None)
        if anchor is not None and anchor.hash != entry.hash:
            text = f"row {entry.id} is not the one that was noted outside the database"
            yield Finding(Fault.REWRITTEN, entry.id, text)
        if entry.action == PRUNED:
            pruned.add(Mark(int(entry.detail.get("until", 0)), str(entry.detail.get("hash"))))
        last = Mark(entry.id, entry.hash)
    if first is not None and first.prev not in {mark.hash for mark in pruned}:
        text = f"what stood before row {first.id} was not removed by retention"
        yield Finding(Fault.BEGINNING, first.id, text)
    yield from _end(last, head, known.values(), first)


def _broken(entry: Entry, last: Mark) -> Finding:
    if entry.id > last.id + 1:
        gone = f"rows {last.id + 1} to {entry.id - 1} are missing"
        return Finding(Fault.MISSING, last.id + 1, gone)
    text = (
        f"row {entry.id} does not follow row {last.id}: one of them was inserted, moved or replaced"
    )
    return Finding(Fault.OUT_OF_ORDER, entry.id, text)


def _end(last: Mark, head: Mark, left: Iterable[Mark], first: Entry | None) -> Iterator[Finding]:
    """Yield what is wrong behind the newest row, and anchors whose rows are not there."""
    newest = max([head.id, *(anchor.id for anchor in left)])
    if newest > last.id:
        text = f"rows {last.id + 1} to {newest} are missing: the end was cut off"
        yield Finding(Fault.CUT, last.id + 1, text)
    elif head != last:
        text = f"row {last.id} is not the newest row that was written (row {head.id})"
        yield Finding(Fault.BEHIND, last.id, text)
    for anchor in left:
        if first is not None and first.id < anchor.id <= last.id:
            text = f"row {anchor.id}, which was noted outside the database, is missing"
            yield Finding(Fault.MISSING, anchor.id, text)
