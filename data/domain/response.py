"""An incident as people work on it: the clock of the response, and how it ends.

Dispatched, arrived, under control, ended: each after the one before, each once. An incident is not
closed while somebody is out there, and only with a verdict and what was found.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from data.domain.alarms import must_say
from data.domain.errors import (
    IncidentClosedError,
    MergeError,
    ReasonMissingError,
    ResponseRunningError,
    StageError,
)
from data.domain.words import FalseCause, Outcome, Verdict


class Stage(StrEnum):
    """How far the response has come; ``NONE`` before anybody was sent."""

    NONE = "none"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    CONTROLLED = "controlled"
    ENDED = "ended"


STAGES: Final = tuple(Stage)


@dataclass(frozen=True, slots=True)
class Response:
    """The times of the response; its stage follows from them."""

    dispatched_at: datetime | None = None
    arrived_at: datetime | None = None
    controlled_at: datetime | None = None
    ended_at: datetime | None = None
    dispatched_to: str | None = None

    @property
    def stage(self) -> Stage:
        """The last stage that was reached."""
        return max((s for s in STAGES if self.reached_at(s)), key=STAGES.index, default=Stage.NONE)

    def reached_at(self, stage: Stage) -> datetime | None:
        """Return when a stage was reached, None if it was not."""
        times = (None, self.dispatched_at, self.arrived_at, self.controlled_at, self.ended_at)
        return times[STAGES.index(stage)]

    @property
    def running(self) -> bool:
        """Whether somebody is on the way or on site."""
        return self.dispatched_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class IncidentState:
    """What must be known of an incident to act on it."""

    id: int
    response: Response = field(default_factory=Response)
    closed_at: datetime | None = None
    closed_by: str | None = None
    merged_into: int | None = None
    #: Who recorded each stage that was reached, where it is asked for.
    recorded_by: Mapping[Stage, str] = field(default_factory=dict)


def advance(incident: IncidentState, stage: Stage, *, at: datetime, to: str = "") -> Response:
    """Return the response one stage further; ``to`` says who was sent.

    Raises
    ------
    IncidentClosedError, StageError, ReasonMissingError
        If it is over, the stage does not follow (and who recorded it, if somebody did), or nobody
        is named who was sent.
    """
    must_be_open(incident)
    response = incident.response
    if STAGES.index(stage) != STAGES.index(response.stage) + 1:
        raise StageError(
            f"the response to incident {incident.id} is at {response.stage!s}: {stage!s} does not"
            " follow",
            by=incident.recorded_by.get(stage),
            at=response.reached_at(stage),
        )
    if stage is Stage.DISPATCHED:
        if not to.strip():
            raise ReasonMissingError("say who was sent")
        return replace(response, dispatched_at=at, dispatched_to=to.strip())
    if stage is Stage.ARRIVED:
        return replace(response, arrived_at=at)
    if stage is Stage.CONTROLLED:
        return replace(response, controlled_at=at)
    return replace(response, ended_at=at)


def may_close(
    incident: IncidentState, verdict: Verdict, cause: FalseCause | None, note: str
) -> None:
    """Say whether the incident may be closed so.

    Raises
    ------
    IncidentClosedError, ResponseRunningError, CauseMissingError, FindingMissingError
        A verdict says as much of an incident as of an alarm.
    """
    must_be_open(incident)
    if incident.response.running:
        raise ResponseRunningError(
            f"the response to incident {incident.id} is still running: end it first"
        )
    must_say(verdict, cause, note)


def outcome_of(
    closed_at: datetime | None, verdict: Verdict | None, merged_into: int | None
) -> Outcome | None:
    """Return how an incident ended, None while it is open.

    Examples
    --------
    >>> from datetime import UTC
    >>> str(outcome_of(datetime(2026, 1, 1, tzinfo=UTC), None, None))
    'recovered'
    """
    if closed_at is None:
        return None
    if verdict is not None:
        return Outcome(verdict)
    return Outcome.RECOVERED if merged_into is None else Outcome.MERGED


def may_merge(one: IncidentState, other: IncidentState) -> None:
    """Say whether ``other`` may become part of ``one``: both open, only one with a response.

    Raises
    ------
    IncidentClosedError, MergeError
        Says why not.
    """
    if one.id == other.id:
        raise MergeError("an incident can't be merged into itself")
    must_be_open(one)
    must_be_open(other)
    if other.response.stage is not Stage.NONE:
        raise MergeError(f"incident {other.id} has a response of its own: merge the other way")


def may_split(incident: IncidentState, alarms: Collection[int], leaving: Collection[int]) -> None:
    """Say whether some alarms of an incident may become one of their own.

    Raises
    ------
    IncidentClosedError, MergeError
        If none or all would leave, or one is not of this incident.
    """
    must_be_open(incident)
    if strange := set(leaving) - set(alarms):
        raise MergeError(f"alarm {min(strange)} is not of incident {incident.id}")
    if not leaving or set(leaving) == set(alarms):
        raise MergeError("a split leaves at least one alarm on either side")


def must_be_open(incident: IncidentState) -> None:
    """Raise if the incident is over.

    Raises
    ------
    IncidentClosedError
        Says by whom and when, or into which incident it was merged.
    """
    if incident.closed_at is None:
        return
    if incident.merged_into is not None:
        raise IncidentClosedError(
            f"incident {incident.id} was merged into {incident.merged_into} by"
            f" {incident.closed_by}",
            by=incident.closed_by,
            at=incident.closed_at,
        )
    raise IncidentClosedError(
        f"incident {incident.id} was closed by {incident.closed_by}"
        f" at {incident.closed_at.isoformat()}",
        by=incident.closed_by,
        at=incident.closed_at,
    )
