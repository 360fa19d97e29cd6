"""Duty checks over HTTP, and the counts of the TCP way in."""

import pytest

from data.feeds.mqtt.counters import Counters as MqttCounters
from data.feeds.transmitters.counters import Counters
from data.store.models import Transmitter
from tests.site import FROM_HERE, KEY, Site
from tests.transmitters import ADDRESS, register

PATH = f"/api/v1/transmitters/{ADDRESS}/duty-checks"


def with_transmitter(site: Site) -> None:
    with site.services.database.reading() as session:
        there = session.get(Transmitter, ADDRESS) is not None
    if not there:
        register(site.services.database)


def ask(site: Site, user: str, path: str, minutes: int = 10) -> int:
    client = site.client(user)
    headers = {**FROM_HERE, "x-csrf-token": site.csrf(client)}
    return client.post(path, json={"minutes": minutes}, headers=headers).status_code


def test_a_duty_officer_asks_and_everybody_reads_what_became_of_it(site: Site) -> None:
    with_transmitter(site)
    assert ask(site, "duty", PATH) == 200
    assert ask(site, "duty", PATH) == 409
    (line,) = site.client("leader").get(PATH).json()
    assert (line["asked_by"], line["minutes"], line["outcome"]) == ("duty", 10, None)


@pytest.mark.parametrize(
    ("user", "path", "minutes", "status"),
    [
        ("leader", PATH, 10, 403),
        ("duty", PATH.replace("889", "5"), 10, 404),
        ("duty", PATH.replace("889", str(2**48)), 10, 422),
        ("duty", PATH, 0, 422),
    ],
)
def test_what_is_refused(site: Site, user: str, path: str, minutes: int, status: int) -> None:
    with_transmitter(site)
    assert ask(site, user, path, minutes) == status


def test_the_counts_are_among_the_measurements(site: Site) -> None:
    counters = Counters()
    counters.count("denied_checksum", 3)
    counters.tell(site.services.redis, 2, 1, site.clock())
    counters.tell(site.services.redis, 2, 1, site.clock())
    bearer = {"authorization": f"Bearer {KEY}"}
    lines = site.client().get("/metrics", headers=bearer).text.splitlines()
    assert 'xt_gb26875_total{outcome="denied_checksum"} 3.0' in lines
    assert "xt_gb26875_waiting 2.0" in lines


def test_the_counts_of_mqtt_are_among_them_too(site: Site) -> None:
    counters = MqttCounters()
    counters.count("received", 3)
    for number, up in ((1, True), (2, False)):
        counters.tell(site.services.redis, f"xt-{number}", {"up": up, "waiting": 4})
    bearer = {"authorization": f"Bearer {KEY}"}
    lines = site.client().get("/metrics", headers=bearer).text.splitlines()
    assert 'xt_mqtt_total{outcome="received"} 3.0' in lines
    assert {"xt_mqtt_waiting 8.0", "xt_mqtt_links 1.0"} <= set(lines)
