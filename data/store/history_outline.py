"""Where rows of a long list stand, so that no page has to be counted from the list's end.

A mark is a place that is known: the values of the sort's columns, and how many rows stand before.
Pages leave marks behind, so that scrolling goes on from row to row; a far jump in the order of time
first looks where, between two marks, its page must be.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, literal, tuple_

#: So few rows are walked over rather than looked for: one in so many of the list.
NEAR: Final = 50
LOOKS: Final = 3
MARKS_KEPT: Final = 64
LAST_ID: Final = 2**31 - 1

#: Counts the rows whose time lies before the moment, in the list's order.
Count = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Mark:
    """So many rows stand before the first one whose ``values`` are these or follow them."""

    position: int
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a list: its length and some of its places."""

    total: int
    marks: tuple[Mark, ...] = ()

    def marked(self, *marks: Mark) -> "Outline":
        """Return it with more places known; the oldest ones are forgotten."""
        known = {mark.position: mark for mark in (*self.marks, *marks)}
        return replace(self, marks=tuple(known.values())[-MARKS_KEPT:])

    def before(self, position: int) -> Mark | None:
        """Return the last place that is not behind a row."""
        found = (mark for mark in self.marks if mark.position <= position)
        return max(found, key=lambda mark: mark.position, default=None)

    def after(self, position: int) -> Mark | None:
        """Return the first place that is not before a row."""
        found = (mark for mark in self.marks if mark.position >= position)
        return min(found, key=lambda mark: mark.position, default=None)


@dataclass(frozen=True, slots=True)
class Way:
    """How a page is reached: from a mark (None: an end of the list) over some rows."""

    mark: Mark | None
    offset: int
    backwards: bool


def way_to(outline: Outline, start: int, limit: int) -> Way:
    """Return the shortest way to the rows ``start`` … of a list."""
    before, after = outline.before(start), outline.after(start + limit)
    forward = Way(before, start - (before.position if before else 0), backwards=False)
    behind = after.position if after else outline.total
    back = Way(after, behind - start - limit, backwards=True)
    return back if back.offset < forward.offset else forward


def beyond(columns: list[Any], way: Way, *, descending: bool) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that rows lie on the way's side of its mark."""
    if way.mark is None:
        return
    values = zip(way.mark.values, columns, strict=True)
    place = tuple_(*(literal(value, column.type) for value, column in values))
    rows = tuple_(*columns)
    if way.backwards:
        yield rows > place if descending else rows < place
    else:
        yield rows <= place if descending else rows >= place


def look_ahead(
    outline: Outline,
    page: tuple[int, int],
    ends: tuple[datetime, datetime],
    count: Count,
    *,
    descending: bool,
) -> Outline:
    """Return the outline of a list in the order of time with a mark near a page, if one is needed.

    Parameters
    ----------
    page
        First row and number of rows.
    ends
        Times of the first and the last row, or times beyond them.
    """
    for _ in range(LOOKS):
        if way_to(outline, *page).offset * NEAR <= outline.total:
            break
        at = _between(outline, page, ends)
        found = Mark(count(at), (at, LAST_ID if descending else 0))
        if any(mark.position == found.position for mark in outline.marks):
            break
        outline = outline.marked(found)
    return outline


def _between(outline: Outline, page: tuple[int, int], ends: tuple[datetime, datetime]) -> datetime:
    """Return when the rows a little before a page were, if they came evenly."""
    start, limit = page
    before = outline.before(start) or Mark(0, (ends[0],))
    after = outline.after(start + limit) or Mark(outline.total, (ends[1],))
    aim = max(before.position, start - outline.total // (2 * NEAR))
    share = (aim - before.position) / (after.position - before.position)
    since: datetime = before.values[0]
    until: datetime = after.values[0]
    return since + (until - since) * share
