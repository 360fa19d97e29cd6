from flask import Flask

from callbacks.request import current_lang, current_user
from callbacks.surfaces import USER
from data.domain.accounts import SignedIn
from data.domain.words import Role

OFFICER = SignedIn(1, "duty", "值班员", Role.DUTY, "hash", "csrf", None)


def test_language_comes_from_the_cookie():
    for cookie, lang in (("xt_lang=en", "en"), ("xt_lang=fr", "zh"), ("", "zh")):
        with Flask("x").test_request_context(headers={"cookie": cookie}):
            assert current_lang() == lang


def test_user_comes_from_the_gate_and_from_nowhere_else():
    with Flask("x").test_request_context(environ_overrides={USER: OFFICER}):
        assert current_user() == OFFICER
    with Flask("x").test_request_context(headers={USER: "admin"}):
        assert current_user() is None
    with Flask("x").test_request_context(environ_overrides={USER: "admin"}):
        assert current_user() is None
