"""What a callback may ask of the request that it answers: the language and who is signed in."""

from datetime import datetime

from flask import request

from callbacks.http.auth import LANG_COOKIE
from callbacks.surfaces import USER
from data.domain.accounts import SignedIn
from data.domain.phones import may_see_phone
from layouts.i18n import Lang, as_lang
from layouts.shown import Shown


def current_lang() -> Lang:
    """Return the reader's language from the cookie that the language switch sets."""
    return as_lang(request.cookies.get(LANG_COOKIE))


def current_user() -> SignedIn | None:
    """Return who sent the request; the gate in front of the application has found out."""
    user = request.environ.get(USER)
    return user if isinstance(user, SignedIn) else None


def current_shown(now: datetime) -> Shown:
    """Return for whom a callback shows something."""
    user = current_user()
    return Shown(
        current_lang(),
        now,
        may_command=user is not None and user.commands,
        may_call=may_see_phone(user.role if user else None),
    )
