from datetime import UTC, datetime, timedelta

import pytest

from data.domain.accounts import (
    PasswordError,
    SignedIn,
    check_password,
    needs_renewal,
    session_end,
)
from data.domain.rights import Right
from data.domain.words import Role

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def signed_in(role, expires_at):
    return SignedIn(1, "a", "a", role, "hash", "csrf", expires_at)


def test_session_end_people_twelve_hours_display_never():
    assert session_end(Role.DUTY, NOW) == NOW + timedelta(hours=12)
    assert session_end(Role.DISPLAY, NOW) is None


def test_needs_renewal_only_after_a_quarter_of_an_hour():
    held = signed_in(Role.DUTY, session_end(Role.DUTY, NOW))
    assert not needs_renewal(held, NOW + timedelta(minutes=14))
    assert needs_renewal(held, NOW + timedelta(minutes=15))
    assert not needs_renewal(signed_in(Role.DISPLAY, None), NOW + timedelta(days=1))


def test_commands_are_for_duty_and_admin():
    able = {role for role in Role if signed_in(role, None).may(Right.RESPOND)}
    assert able == {Role.DUTY, Role.SHIFT_LEAD, Role.ADMIN}


@pytest.mark.parametrize("password", ["", "ninechars", "a" * 201])
def test_check_password_refuses(password):
    with pytest.raises(PasswordError):
        check_password(password)
