"""A short run of ``make fuzz``: hostile strings over the whole HTTP surface."""

from tests.fuzz.http import ROLES, Crawler
from tests.site import Site


def test_no_answer_breaks_or_reflects(site: Site) -> None:
    found = Crawler(site, ROLES, seed=20).run(600)
    assert found.wrong == []
    assert found.statuses[200] > 30  # it reaches what is behind the gate
    assert found.statuses[403] > 30
