import json

from layouts import ids
from layouts.header import HeaderView, header
from layouts.i18n import translator

VIEW = HeaderView(label="值班员", role="duty", lang="zh", csrf="token-1")


def found(component, **wanted):
    """Props of every component below that has these."""
    todo = [component.to_plotly_json()]
    while todo:
        node = todo.pop(0)
        node = node.to_plotly_json() if hasattr(node, "to_plotly_json") else node
        if not isinstance(node, dict):
            continue
        props = node["props"]
        if all(props.get(name) == value for name, value in wanted.items()):
            yield props
        children = props.get("children") or []
        todo += children if isinstance(children, list) else [children]


def test_navigation_names_the_pages_and_where_we_are():
    made = header(VIEW, translator("en"), active="weekly")
    items = list(found(made, className="header-nav-item"))
    assert [(item["children"], item["href"]) for item in items] == [
        ("Duty desk", "/"),
        ("Wall", "/wall/"),
        ("Week", "/weekly/"),
        ("Risk", "/risk/"),
        ("History", "/history/"),
        ("Rules", "/rules/"),
    ]
    assert [item.get("aria-current") for item in items] == [None, None, "page", None, None, None]


def test_only_an_admin_is_led_to_the_feeds():
    admin = header(HeaderView("Admin", "admin", "en"), translator("en"), active="feeds")
    *_, last, displays, audit = found(admin, className="header-nav-item")
    assert (displays["children"], displays["href"]) == ("Displays", "/displays/")
    assert (audit["children"], audit["href"]) == ("Audit", "/audit/")
    assert (last["children"], last["href"], last["aria-current"]) == ("Feeds", "/feeds/", "page")


def test_sign_out_form_carries_the_token():
    (form,) = found(header(VIEW, translator("zh"), active="desk"), action="/logout")
    button = form["children"].to_plotly_json()["props"]
    assert (button["name"], button["value"], form["method"]) == ("csrf", "token-1", "post")


def test_language_link_leads_to_the_other_language_and_back_here():
    (link,) = found(header(VIEW, translator("zh"), active="weekly"), className="header-language")
    assert (link["href"], link["lang"]) == ("/language/en?next=/weekly/", "en")
    english = HeaderView("Duty", "duty", "en")
    (link,) = found(header(english, translator("en"), active="desk"), className="header-language")
    assert (link["href"], link["children"]) == ("/language/zh?next=/", "中文")


def test_data_age_and_shortcuts_belong_to_the_live_desk():
    desk = json.dumps(
        header(VIEW, translator("zh"), active="desk"), default=lambda c: c.to_plotly_json()
    )
    week = json.dumps(
        header(VIEW, translator("zh"), active="weekly"), default=lambda c: c.to_plotly_json()
    )
    for part in (ids.HEADER_DATA_AGE, ids.HELP_DIALOG):
        assert part in desk
        assert part not in week
    assert ids.HEADER_CLOCK in week
