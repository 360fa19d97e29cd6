from layouts import ids
from layouts.feeds import PLACES, feeds_page
from layouts.header import HeaderView
from tests.markup import ids_in, text


def test_the_page_has_a_place_for_each_part_in_both_languages():
    chinese = feeds_page(HeaderView("管理员", "admin", "zh"))
    english = feeds_page(HeaderView("Admin", "admin", "en"))
    found = ids_in(chinese)
    assert len(found) == len(set(found))
    assert {ids.FEEDS_STATE, *(key for key, *_ in PLACES)} <= set(found)
    assert "未登记" in text(chinese)
    assert "Dead letters" in text(english)
    assert "登记" not in text(english)


def test_dead_letters_are_for_those_who_may_replay_them():
    page = feeds_page(HeaderView("维保", "maintainer", "zh"))
    assert set(ids_in(page)) & {key for key, *_ in PLACES} == {
        key for key, *_ in PLACES if key != ids.FEEDS_LETTERS
    }
