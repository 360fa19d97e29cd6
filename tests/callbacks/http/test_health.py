import pytest

from data.embedded import EmbeddedRedis
from data.live import keys
from tests.site import BUILD, close_site, make_site


@pytest.fixture
def own_site(tmp_path, redis_url):
    site = make_site(tmp_path, redis_url)
    yield site
    close_site(site)


def test_healthz_names_the_build(site):
    answer = site.client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "build": BUILD})


def test_readyz_names_each_part(own_site):
    own_site.services.redis.set(keys.WORKER, "now", ex=10)
    received = own_site.clock().timestamp() * 1000 - 12_300
    own_site.services.redis.set(keys.LAST_RECEIVED, round(received))
    answer = own_site.client().get("/readyz")
    assert answer.status_code == 200
    ok = {"ok": True, "state": "ok"}
    assert answer.json()["parts"] == {
        "database": ok,
        "redis": ok,
        "present": ok,
        "worker": ok,
        "readings": {"ok": True, "newest_age_s": 12.3},
    }


def states(answer):
    assert answer.status_code == 503
    return {name for name, part in answer.json()["parts"].items() if not part["ok"]}


def test_readyz_wiped_redis_and_dead_worker(own_site):
    own_site.services.redis.flushall()
    assert states(own_site.client().get("/readyz")) == {"present", "worker"}


def test_readyz_never_raises_when_everything_is_away(tmp_path):
    with EmbeddedRedis() as server:
        site = make_site(tmp_path, server.url)
    site.services.database.close()
    (tmp_path / "site.db").unlink()
    (tmp_path / "site.db").mkdir()
    answer = site.client().get("/readyz")
    assert states(answer) == {"database", "redis", "present", "worker"}
    assert site.client().get("/healthz").status_code == 200
    close_site(site)
