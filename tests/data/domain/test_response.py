"""The response clock as a full table, and how an incident may end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from data.domain import errors
from data.domain.response import (
    STAGES,
    IncidentState,
    Response,
    Stage,
    advance,
    may_close,
    may_merge,
    may_split,
)
from data.domain.words import FalseCause, Verdict

T0 = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING, SENT, THERE, HELD, DONE = STAGES
AT = dict(zip(STAGES, (T0 + timedelta(minutes=i) for i in range(5)), strict=True))
RESPONSES = {
    NOTHING: Response(),
    SENT: Response(AT[SENT], dispatched_to="微型消防站"),
    THERE: Response(AT[SENT], AT[THERE]),
    HELD: Response(AT[SENT], AT[THERE], AT[HELD]),
    DONE: Response(AT[SENT], AT[THERE], AT[HELD], AT[DONE]),
}
OPEN = IncidentState(1)
CLOSED = replace(OPEN, closed_at=T0, closed_by="kim")


@pytest.mark.parametrize(("before", "to"), list(product(STAGES, STAGES)))
def test_each_stage_follows_the_one_before_once(before: Stage, to: Stage) -> None:
    incident = replace(OPEN, response=RESPONSES[before])
    assert incident.response.stage is before
    if STAGES.index(to) == STAGES.index(before) + 1:
        after = advance(incident, to, at=AT[to], to="微型消防站")
        assert after.stage is to
        assert after.running is (to is not DONE)
    else:
        with pytest.raises(errors.StageError, match=before):
            advance(incident, to, at=T0, to="微型消防站")


@pytest.mark.parametrize("to", STAGES)
def test_nobody_goes_to_an_incident_that_is_over(to: Stage) -> None:
    with pytest.raises(errors.IncidentClosedError, match="closed by kim") as caught:
        advance(CLOSED, to, at=T0, to="x")
    assert (caught.value.by, caught.value.at) == ("kim", T0)


def test_who_was_sent_is_named() -> None:
    assert advance(OPEN, SENT, at=T0, to=" 沙塘站 ").dispatched_to == "沙塘站"
    with pytest.raises(errors.ReasonMissingError):
        advance(OPEN, SENT, at=T0, to=" ")


def test_who_comes_second_to_a_stage_learns_who_and_when() -> None:
    sent = replace(OPEN, response=RESPONSES[SENT], recorded_by={SENT: "kim"})
    with pytest.raises(errors.StageError) as caught:
        advance(sent, SENT, at=T0, to="沙塘站")
    assert (caught.value.by, caught.value.at) == ("kim", RESPONSES[SENT].dispatched_at)
    with pytest.raises(errors.StageError) as caught:
        advance(sent, HELD, at=T0)  # nobody was there before
    assert (caught.value.by, caught.value.at) == (None, None)


@pytest.mark.parametrize("stage", [SENT, THERE, HELD])
def test_an_incident_is_not_closed_while_somebody_is_out_there(stage: Stage) -> None:
    with pytest.raises(errors.ResponseRunningError):
        may_close(replace(OPEN, response=RESPONSES[stage]), Verdict.REAL, None, "电线")


@pytest.mark.parametrize(
    ("verdict", "cause", "note", "missing"),
    [
        (Verdict.REAL, None, "电线短路", None),
        (Verdict.REAL, None, " ", errors.FindingMissingError),
        (Verdict.FALSE, FalseCause.COOKING, "", None),
        (Verdict.FALSE, None, "油烟", errors.CauseMissingError),
        (Verdict.TEST, None, "", None),
        (Verdict.DRILL, None, "", None),
    ],
)
def test_what_was_found_is_said(
    verdict: Verdict, cause: FalseCause | None, note: str, missing: type[Exception] | None
) -> None:
    incident = replace(OPEN, response=RESPONSES[DONE])
    if missing is None:
        may_close(incident, verdict, cause, note)
    else:
        with pytest.raises(missing):
            may_close(incident, verdict, cause, note)


def test_merging() -> None:
    other = IncidentState(2)
    may_merge(replace(OPEN, response=RESPONSES[SENT]), other)
    with pytest.raises(errors.MergeError, match="itself"):
        may_merge(OPEN, OPEN)
    with pytest.raises(errors.MergeError, match="response of its own"):
        may_merge(OPEN, replace(other, response=RESPONSES[SENT]))
    gone = replace(CLOSED, merged_into=2)
    for one, two in ((gone, other), (other, gone)):
        with pytest.raises(errors.IncidentClosedError, match="merged into 2 by kim"):
            may_merge(one, two)


def test_a_split_leaves_something_on_either_side() -> None:
    may_split(OPEN, [1, 2, 3], [2])
    for leaving in ([], [1, 2, 3], [4]):
        with pytest.raises(errors.MergeError):
            may_split(OPEN, [1, 2, 3], leaving)
    with pytest.raises(errors.IncidentClosedError):
        may_split(CLOSED, [1, 2], [1])
