from data.domain.words import Status
from layouts.components import age, href, mark, reading, row, rows
from layouts.shown import Shown
from tests.cast import NOW
from tests.markup import bound, links, text

SHOWN = Shown("zh", NOW)


def test_href_quotes_ids():
    assert href("building", "a&b=c/1") == "/?building=a%26b%3Dc%2F1"


def test_mark_carries_what_the_browser_binds():
    living = mark(Status.STALE, slot=17)
    assert (bound(living, "slot"), bound(living, "status")) == ([17], ["stale"])
    assert bound(mark(building="B1"), "status") == []


def test_reading_shows_number_and_unit_apart():
    part = reading("S1", "temperature_c", 41.52)
    assert text(part) == "41.5 ℃"
    assert bound(part, "value-of") == ["S1:temperature_c"]
    assert text(reading("S1", "temperature_c", None)) == "— ℃"


def test_age_counts_on_from_milliseconds():
    part = age(SHOWN, NOW, device_id="S1")
    assert (bound(part, "age"), bound(part, "age-of")) == ([1795314247000], ["S1"])
    assert (text(age(SHOWN, None)), bound(age(SHOWN, None), "age")) == ("—", [])


def test_row_is_a_link_only_when_it_leads_somewhere():
    assert links(row("a", link="/?building=B1")) == ["/?building=B1"]
    assert links(row("a")) == []


def test_an_empty_list_says_so():
    assert text(rows([], "没有设备")) == "没有设备"
