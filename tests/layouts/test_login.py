from dataclasses import replace
from html.parser import HTMLParser

from layouts.login import LoginView, login_page

VIEW = LoginView("zh", "/assets/abc", "token-1", "/?building=B1")


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def input(self, name):
        return next(a for tag, a in self.found if tag == "input" and a["name"] == name)


def test_form_carries_token_and_target():
    tags = Tags(login_page(VIEW))
    assert tags.input("csrf")["value"] == "token-1"
    assert tags.input("next")["value"] == "/?building=B1"


def test_password_managers_understand_the_fields():
    tags = Tags(login_page(VIEW))
    assert tags.input("name")["autocomplete"] == "username"
    assert tags.input("password")["autocomplete"] == "current-password"


def test_cursor_waits_where_something_is_missing():
    assert "autofocus" in Tags(login_page(VIEW)).input("name")
    failed = Tags(login_page(replace(VIEW, name="duty", error="账号或密码不正确")))
    assert "autofocus" in failed.input("password")
    assert "autofocus" not in failed.input("name")


def test_error_is_announced_and_tied_to_the_fields():
    page = login_page(replace(VIEW, lang="en", error="账号或密码不正确"))
    assert 'role="alert">Wrong account or password' in page
    assert Tags(page).input("password")["aria-describedby"] == "login-error"
    assert "login-error" not in login_page(VIEW)


def test_everything_typed_is_escaped():
    page = login_page(replace(VIEW, name='"><script>x</script>', next_path='/"><b>'))
    assert "<script>" not in page
    assert '"><b>' not in page


def test_page_has_no_script_and_no_inline_style():
    page = login_page(VIEW)
    assert "<script" not in page
    assert "style=" not in page
