import json

from callbacks.surfaces import USER
from data.domain.accounts import SignedIn
from data.domain.words import Role
from layouts import ids

OFFICER = SignedIn(1, "duty", "值班员", Role.DUTY, "hash", "csrf-token", None)
#: Ids that callbacks use and that appear only inside the drill-down.
LATER = {ids.TREND_OPEN, ids.TREND_MONTH, ids.TREND_PANEL, ids.HANDLING}


def layout(app, user=None, lang="zh") -> str:
    client = app.server.test_client()
    client.set_cookie("xt_lang", lang)
    answer = client.get("/_dash-layout", environ_overrides={USER: user} if user else {})
    assert answer.status_code == 200
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_page_knows_its_reader(app):
    page = layout(app, OFFICER)
    assert '"data-role": "duty"' in page
    assert "值班员" in page
    assert "csrf-token" in page
    assert "Legend" in layout(app, OFFICER, "en")


def test_page_without_a_reader_is_harmless(app):
    assert '"data-role": "display"' in layout(app)


def test_every_id_of_a_callback_is_on_the_page(app):
    page = layout(app, OFFICER)
    used = {
        part["id"]
        for callback in app.callback_map.values()
        for part in [*callback["inputs"], *callback["state"]]
    }
    used |= {
        name.rpartition(".")[0]
        for output in app.callback_map
        for name in output.strip(".").split("...")
    }
    assert used >= {ids.URL, ids.DRILLDOWN, ids.SEARCH_RESULTS, ids.BASEMAP_LAYER}
    assert {key for key in used if f'"id": "{key}"' not in page} == LATER
