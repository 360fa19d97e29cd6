import re
from pathlib import Path

import pytest

from data.domain.api_keys import KeyScope
from data.domain.errors import NotAllowedError
from data.domain.rights import (
    ALARMS_OF,
    KEY_RIGHTS,
    LOOKING,
    RIGHTS,
    Right,
    alarms_of,
    commands_something,
    demand,
    demand_alarm,
    key_may,
    may,
    rights_of,
)
from data.domain.words import AlarmKind, Role

DOC = Path(__file__).parents[3] / "docs" / "rights.md"


def rows_of(heading: str) -> list[list[str]]:
    """Cells of the table below a heading of docs/rights.md."""
    part = DOC.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_shows_the_table() -> None:
    head, _, *rows = rows_of("The table")
    roles = [Role(word.strip("`")) for word in head[2:]]
    assert set(roles) == set(Role)
    said = {
        Right(row[0].strip("`")): {
            role for role, cell in zip(roles, row[2:], strict=True) if cell in {"●", "◐"}
        }
        for row in rows
    }
    assert said == {right: set(holders) for right, holders in RIGHTS.items()}


def test_the_page_marks_what_is_for_some_alarms_only() -> None:
    head, _, *rows = rows_of("The table")
    halves = {
        (head[at].strip("`"), row[0].strip("`"))
        for row in rows
        for at, cell in enumerate(row)
        if cell == "◐"
    }
    limited = ("acknowledge", "judge", "shelve", "service")
    assert halves == {(str(role), right) for role in ALARMS_OF for right in limited}


def test_the_page_shows_what_keys_open() -> None:
    _, _, *rows = rows_of("Keys of programs")
    said = {
        KeyScope(row[0].strip("`")): {Right(word) for word in re.findall(r"`(\w+)`", row[1])}
        for row in rows
    }
    assert said == {scope: set(rights) for scope, rights in KEY_RIGHTS.items()}


def test_every_right_has_its_row_and_is_somebodys() -> None:
    assert set(RIGHTS) == set(Right)
    by_key = set().union(*KEY_RIGHTS.values())
    assert {right for right, roles in RIGHTS.items() if not roles} <= by_key


def test_who_only_looks_changes_nothing() -> None:
    assert {role for role in Role if not commands_something(role)} == {Role.LEADER, Role.DISPLAY}
    assert rights_of(Role.DISPLAY) == {Right.SEE_LIVE}
    assert rights_of(Role.LEADER) <= LOOKING


def test_the_shift_lead_may_what_the_duty_officer_may() -> None:
    assert rights_of(Role.DUTY) < rights_of(Role.SHIFT_LEAD) < rights_of(Role.ADMIN)


@pytest.mark.parametrize("kind", [AlarmKind.FIRE, AlarmKind.PREALARM])
def test_the_maintainer_never_ends_what_may_be_a_fire(kind: AlarmKind) -> None:
    assert kind not in alarms_of(Role.MAINTAINER)
    with pytest.raises(NotAllowedError, match=kind):
        demand_alarm(Role.MAINTAINER, kind)
    for right in (Right.CONFIRM_FIRE, Right.END_INCIDENT, Right.REGROUP, Right.RESPOND):
        assert not may(Role.MAINTAINER, right)


def test_a_refusal_names_role_and_right() -> None:
    demand(Role.ADMIN, Right.EDIT_RULES)
    with pytest.raises(NotAllowedError, match=r"duty.*edit_rules"):
        demand(Role.DUTY, Right.EDIT_RULES)


def test_a_key_opens_what_its_scopes_say() -> None:
    both = frozenset(KeyScope)
    assert key_may(both, Right.SEND_READINGS)
    assert not key_may(frozenset({KeyScope.METRICS}), Right.SEND_READINGS)
    assert not any(key_may(both, right) for right in Right if right.value.startswith("manage"))
