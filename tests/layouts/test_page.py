import json
import re

from layouts.page import DashTags, PageView, page

TAGS = DashTags("<!--css-->", "<!--config-->", "<!--scripts-->", "<!--renderer-->")


def view(**more):
    facts = {
        "lang": "zh",
        "title": "值班台",
        "assets": "/assets/abc",
        "build": "abc",
        "csrf": 'to"ken',
        "styles": ("base.css", "desk.css"),
        "entry": "desk.mjs",
        "geometry": "g1",
    }
    return PageView(**{**facts, **more})


def test_scripts_come_in_order():
    text = page(view(), TAGS)
    order = ["<!--config-->", "<!--scripts-->", "/js/boot.js", "<!--renderer-->"]
    assert sorted(order, key=text.rindex) == order


def test_module_waits_for_its_words_but_for_no_other_script():
    text = page(view(), TAGS)
    module = '<script type="module" async src="/assets/abc/js/desk.mjs"></script>'
    assert text.index('id="xt-messages"') < text.index(module)


def test_styles_and_modules_are_versioned():
    text = page(view(), TAGS)
    assert '<link rel="stylesheet" href="/assets/abc/css/desk.css">' in text
    assert '<link rel="modulepreload" href="/assets/abc/js/desk.mjs">' in text
    for name in ("context.json", "buildings.json", "map.bin"):
        assert f'as="fetch" crossorigin href="/live/geometry/g1/{name}"' in text
    assert '<meta name="xt-geometry" content="g1">' in text


def test_values_are_escaped():
    assert 'content="to&quot;ken"' in page(view(), TAGS)


def test_messages_are_json_for_the_browser():
    def messages(lang):
        found = re.search(r'id="xt-messages">(.*?)</script>', page(view(lang=lang), TAGS))
        return json.loads(found[1])

    assert messages("zh") == {}
    assert messages("en")["周报"] == "Week"


def test_page_without_map_or_module_leaves_them_out():
    text = page(view(entry="", geometry="", has_map=False), TAGS)
    assert "boot.js" not in text
    assert 'type="module"' not in text
