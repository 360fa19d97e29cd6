from callbacks.desk.search import view_results
from data.store.database import Database
from layouts import ids
from tests.callbacks.desk.wire import ask
from tests.markup import links, text


def type_in(app, value, changed):
    return ask(
        app,
        [(ids.SEARCH_RESULTS, "children")],
        [(ids.SEARCH_INPUT, "value", value), (ids.URL, "search", "?building=B1")],
        changed=changed,
    )


def test_typing_finds(services):
    assert links(view_results(services, " 出租屋 ", "zh")) == ["/?building=B2"]


def test_an_empty_box_shows_nothing(services):
    assert view_results(services, None, "zh") is None
    assert view_results(services, "  ", "zh") is None


def test_a_missing_database_is_said(services, tmp_path):
    services.database = Database(f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    assert "暂时无法搜索" in text(view_results(services, "沙塘", "zh"))
    services.database.close()


def test_choosing_a_result_closes_the_list(app):
    typed = type_in(app, "出租屋", f"{ids.SEARCH_INPUT}.value").get_json()
    assert "/?building=B2" in repr(typed)
    chosen = type_in(app, "出租屋", f"{ids.URL}.search").get_json()
    assert chosen["response"][ids.SEARCH_RESULTS]["children"] is None


def test_hostile_text_is_only_text(app):
    for value in ("%", "\x00", "' OR 1=1 --", "x" * 10_000, "\ud800"):
        assert type_in(app, value, f"{ids.SEARCH_INPUT}.value").status_code == 200
