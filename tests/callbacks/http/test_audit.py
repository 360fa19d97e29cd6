"""The audit over HTTP: filtered, a page at a time, as files; for admins alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from data.domain.audit import Entry, Finding
from data.live.audit_state import write_state
from data.store.audit_views import PAGE
from data.store.models import Audit
from tests.lane import T0
from tests.site import FROM_HERE, Site

PATH = "/api/v1/audit"
FILE = "/audit/export/audit"


@pytest.fixture(scope="module")
def rows(site: Site) -> Site:
    """250 rows of a minute each, by two people."""
    with site.services.database.writing() as session:
        for number in range(250):
            session.add(
                Audit(
                    at=T0 + timedelta(minutes=number),
                    actor="kim" if number % 10 == 0 else "lee",
                    action="alarm.closed" if number % 2 else "device.out_of_service",
                    subject=f"alarm:{number}",
                    address="192.0.2.7",
                    reason="=1+1",
                    result="refused" if number % 50 == 0 else "done",
                )
            )
    return site


@pytest.fixture
def admin(rows: Site) -> Iterator[Any]:
    return rows.client("admin", headers=FROM_HERE)


def asked(admin: Any, **fields: Any) -> Any:
    answer = admin.get(PATH, params=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_newest_come_first_a_page_at_a_time(admin: Any) -> None:
    first = asked(admin, actor="lee")
    assert len(first["rows"]) == PAGE
    assert first["more"] is True
    second = asked(admin, actor="lee", before=first["rows"][-1]["id"])
    third = asked(admin, actor="lee", before=second["rows"][-1]["id"])
    ids = [row["id"] for page in (first, second, third) for row in page["rows"]]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), len(set(ids)), third["more"]) == (225, 225, False)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"actor": "kim"}, 25),
        ({"actor": "kim", "result": "refused"}, 5),
        ({"subject": "alarm:24"}, 11),
        ({"action": "alarm.", "subject": "alarm:1"}, 56),
        ({"address": "192.0.2.7", "actor": "kim", "action": "device.out_of_service"}, 25),
        ({"actor": "nobody"}, 0),
        ({"subject": "%"}, 0),
    ],
)
def test_filters(admin: Any, fields: dict[str, str], count: int) -> None:
    assert len(asked(admin, **fields)["rows"]) == count


def test_a_span_of_time_ends_before_its_end(admin: Any) -> None:
    start = int(T0.timestamp() * 1000)
    found = asked(admin, since=start + 60_000, until=start + 180_000, address="192.0.2.7")
    assert [row["subject"] for row in found["rows"]] == ["alarm:2", "alarm:1"]


@pytest.mark.parametrize(
    "fields", [{"before": 0}, {"since": "x"}, {"result": "x"}, {"actor": "a" * 81}, {"actor": "\0"}]
)
def test_what_is_no_filter_is_refused(admin: Any, fields: dict[str, Any]) -> None:
    assert admin.get(PATH, params=fields).status_code in {400, 422}


def test_only_admins(rows: Site) -> None:
    for role in ("duty", "leader", "display"):
        client = rows.client(role, headers=FROM_HERE)
        for path in (PATH, f"{FILE}.csv", "/audit/"):
            assert client.get(path).status_code == 403


def test_an_export_is_neutral_and_in_the_audit_itself(admin: Any) -> None:
    answer = admin.get(f"{FILE}.csv", params={"actor": "kim"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 26
    assert lines[0].startswith("序号,时间,人员")
    assert "'=1+1" in lines[1]
    assert "attachment" in answer.headers["content-disposition"]
    (newest, *_) = asked(admin)["rows"]
    assert (newest["action"], newest["actor"]) == ("audit.exported", "admin")
    assert newest["detail"] == {"format": "csv", "filter": {"actor": "kim"}}
    assert admin.get(f"{FILE}.xlsx").content.startswith(b"PK")
    other = rows_site_page(admin)
    assert other.status_code == 403


def rows_site_page(admin: Any) -> Any:
    """What another site's page makes the browser ask for."""
    return admin.get(f"{FILE}.csv", headers={"sec-fetch-site": "cross-site"})


def test_the_verification_is_shown(admin: Any, rows: Site) -> None:
    assert asked(admin)["verification"] is None
    write_state(rows.services.redis, 9, [], T0)
    assert asked(admin)["verification"]["newest"] == 9
    found = Finding("missing", 3, "rows 3 to 3 are missing")  # type: ignore[arg-type]
    write_state(rows.services.redis, 9, [found], T0)
    told = asked(admin)["verification"]
    assert (told["count"], told["findings"][0]["id"]) == (1, 3)


def test_every_value_of_a_row_is_answered(admin: Any) -> None:
    (row, *_) = asked(admin)["rows"]
    assert set(row) == set(Entry.__slots__) - {"prev"}
