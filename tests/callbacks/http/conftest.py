"""One site for the tests of a module; each test takes browsers of its own."""

from collections.abc import Iterator

import pytest

from data.embedded import EmbeddedRedis
from tests.site import Site, close_site, make_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, embedded_redis: EmbeddedRedis) -> Iterator[Site]:
    """A site with an account of each role."""
    site = make_site(tmp_path_factory.mktemp("site"), embedded_redis.url)
    yield site
    close_site(site)
