"""Keys on SQLite and PostgreSQL: hashed, named once, scoped, revoked for good."""

from datetime import timedelta

import pytest

from data.domain.api_keys import KeyScope, KeyWish
from data.domain.errors import KeyNameTakenError, KeyRevokedError, KeyWishError, NotFoundError
from data.domain.words import DeviceKind
from data.store import api_keys
from data.store.models import ApiKeyRow
from tests.lane import T0, Lane

SHATANG = "350582005001"
NARROW = KeyWish("water", communities=frozenset({SHATANG}), kinds=frozenset({DeviceKind.PRESSURE}))


def add(lane: Lane, wish: KeyWish = NARROW, key: str = "k1") -> int:
    with lane.database.writing() as session:
        return api_keys.add(session, wish, key, "admin", T0).id


def test_a_key_is_kept_as_its_hash_and_found_by_itself(lane: Lane) -> None:
    key = api_keys.new_key()
    assert len(key) == 43
    number = add(lane, key=key)
    (row,) = lane.rows(ApiKeyRow)
    assert row.key_hash == api_keys.hash_of(key)
    assert key not in str(vars(row))
    with lane.database.reading() as session:
        known = api_keys.hashes(session)
        assert api_keys.is_kept(session, key)
        assert not api_keys.is_kept(session, row.key_hash)
    found = api_keys.matching(key, known)
    assert found is not None
    assert (found.id, found.name, found.communities) == (number, "water", {SHATANG})
    assert (found.kinds, found.scopes) == ({DeviceKind.PRESSURE}, {KeyScope.READINGS})
    assert api_keys.matching(row.key_hash, known) is None
    assert api_keys.matching("\udcff", known) is None


def test_a_name_is_used_once_at_a_time(lane: Lane) -> None:
    first = add(lane)
    with pytest.raises(KeyNameTakenError, match="'water' is in use") as caught:
        add(lane, key="k2")
    assert (caught.value.by, caught.value.at) == ("admin", T0)
    with lane.database.writing() as session:
        closed = api_keys.revoke(session, first, "admin2", T0 + timedelta(hours=1))
    assert (closed.revoked_by, closed.revoked_at) == ("admin2", T0 + timedelta(hours=1))
    second = add(lane, key="k2")
    with lane.database.writing() as session:
        with pytest.raises(KeyRevokedError, match="revoked before"):
            api_keys.revoke(session, first, "admin", T0)
        with pytest.raises(NotFoundError):
            api_keys.revoke(session, 99, "admin", T0)
        assert [key.id for key in api_keys.every(session)] == [second, first]
        assert [key.id for _, key in api_keys.hashes(session)] == [second]
        assert api_keys.is_kept(session, "k1")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (KeyWish(""), "printable"),
        (KeyWish("x" * 65), "printable"),
        (KeyWish("a\nb"), "printable"),
        (KeyWish(" a"), "printable"),
        (KeyWish("a", scopes=frozenset()), "opens nothing"),
        (KeyWish("a", rate_per_s=0), "rate"),
        (KeyWish("a", communities=frozenset({"1", SHATANG})), "no community '1'"),
    ],
)
def test_what_can_not_be_made(lane: Lane, wish: KeyWish, said: str) -> None:
    with pytest.raises(KeyWishError, match=said):
        add(lane, wish)
    assert lane.rows(ApiKeyRow) == []


def test_a_narrow_key_covers_its_devices(lane: Lane) -> None:
    add(lane)
    with lane.database.reading() as session:
        ((_, key),) = api_keys.hashes(session)
        assert key.narrowed
        assert api_keys.not_covered(session, key, ["P0", "S0", "S1", "nobody"]) == {"S0", "S1"}
    assert key.covers(SHATANG, DeviceKind.PRESSURE)
    assert not key.covers("350582005002", DeviceKind.PRESSURE)


def test_the_last_use_only_grows(lane: Lane) -> None:
    number = add(lane)
    for at in (T0 + timedelta(minutes=2), T0):
        with lane.database.writing() as session:
            api_keys.used(session, number, at)
    assert lane.rows(ApiKeyRow)[0].last_used_at == T0 + timedelta(minutes=2)
