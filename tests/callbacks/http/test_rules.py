"""The table of rules over HTTP, and the load."""

from typing import Any

import pytest

from data.domain.rules import RULES
from tests.site import FROM_HERE, Site


def change(site: Site, user: str, path: str, body: Any) -> Any:
    client = site.client(user)
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    return client.post(f"/api/v1/rules/{path}", json=body, headers=headers)


def row_of(site: Site, cause: str) -> dict[str, Any]:
    rows = site.client("leader").get("/api/v1/rules").json()
    assert len(rows) == sum(map(len, RULES.values()))
    return next(row for row in rows if (row["device_kind"], row["cause"]) == ("gas", cause))


def test_an_admin_changes_a_rule_and_everybody_reads_it(site: Site) -> None:
    own = {"on": 8, "off": 5, "on_delay_s": 0, "off_delay_s": 0}
    body = {"on": 10, "off": 6, "on_delay_s": 5, "off_delay_s": 20, "reason": "厨房"}
    answer = change(site, "admin", "gas/gas_leak", body)
    assert (answer.status_code, answer.json()["on"]) == (200, 10)
    row = row_of(site, "gas_leak")
    assert (row["on"], row["on_delay_s"], row["default"]) == (10, 5, own)
    (line,) = site.client("leader").get("/api/v1/rules/history").json()
    assert (line["actor"], line["reason"], line["before"]) == ("admin", "厨房", own)

    assert change(site, "admin", "gas/gas_leak/reset", {"reason": "改造"}).status_code == 200
    assert row_of(site, "gas_leak")["on"] == 8


@pytest.mark.parametrize(
    ("user", "path", "body", "status"),
    [
        ("duty", "gas/gas_leak", {"on": 10, "off": 6, "reason": "x"}, 403),
        ("leader", "gas/gas_leak", {"on": 10, "off": 6, "reason": "x"}, 403),
        ("admin", "gas/smoke_high", {"on": 10, "off": 6, "reason": "x"}, 404),
        ("admin", "toaster/gas_leak", {"on": 10, "off": 6, "reason": "x"}, 422),
        ("admin", "gas/gas_leak", {"on": 10, "off": 11, "reason": "x"}, 422),
        ("admin", "gas/gas_leak", {"on": 10, "off": 6, "reason": ""}, 422),
        ("admin", "gas/gas_fire", {"on": 20, "off": 6, "on_delay_s": 9, "reason": "x"}, 422),
    ],
)
def test_what_is_refused(site: Site, user: str, path: str, body: Any, status: int) -> None:
    answer = change(site, user, path, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
