"""The sign-in page: plain HTML, so that it is there before anything else is loaded."""

from dataclasses import dataclass
from html import escape

from layouts.i18n import HTML_LANG, Lang, Translator, translator
from layouts.plain import plain_head


@dataclass(frozen=True, slots=True)
class LoginView:
    """What the sign-in page shows; ``error`` is a msgid or empty."""

    lang: Lang
    #: Path prefix of the versioned assets, e.g. ``/assets/3f2a…``.
    assets: str
    csrf: str
    next_path: str
    name: str = ""
    error: str = ""


def login_page(view: LoginView) -> str:
    """Return the whole page; every value is escaped here."""
    _ = translator(view.lang)
    title = _("新塘街道智慧消防")
    return f"""{plain_head(_("登录"), "login.css", view.assets, view.lang)}
<body class="login">
<main class="login-panel">
<header class="login-head">
<img class="login-mark" src="{view.assets}/icons/favicon.svg" alt="" width="40" height="40">
<h1 class="login-title">{escape(title)}</h1>
<p class="login-subtitle">{escape(_("晋江市新塘街道 · 消防安全指挥平台"))}</p>
</header>
{_error(view, _)}{_form(view, _)}
<footer class="login-foot">
<p class="login-note">{escape(_("仅限授权人员使用，操作均有记录。"))}</p>
{_language_link(view, _)}
</footer>
</main>
</body>
</html>
"""


def _error(view: LoginView, _: Translator) -> str:
    if not view.error:
        return ""
    return f'<p class="login-error" id="login-error" role="alert">{escape(_(view.error))}</p>\n'


def _form(view: LoginView, _: Translator) -> str:
    described = ' aria-describedby="login-error" aria-invalid="true"' if view.error else ""
    on_name, on_password = ("", " autofocus") if view.name else (" autofocus", "")
    return f"""<form class="login-form" method="post" action="/login">
<input type="hidden" name="csrf" value="{escape(view.csrf)}">
<input type="hidden" name="next" value="{escape(view.next_path)}">
<label class="field"><span class="field-label">{escape(_("账号"))}</span>
<input class="field-input" name="name" value="{escape(view.name)}" autocomplete="username"
 autocapitalize="none" spellcheck="false" maxlength="24" required{on_name}{described}></label>
<label class="field"><span class="field-label">{escape(_("密码"))}</span>
<input class="field-input" name="password" type="password" autocomplete="current-password"
 maxlength="200" required{on_password}{described}></label>
<button class="button button-primary login-submit" type="submit">{escape(_("登录"))}</button>
</form>"""


def _language_link(view: LoginView, _: Translator) -> str:
    other: Lang = "zh" if view.lang == "en" else "en"
    text = "中文" if other == "zh" else "English"
    label = _("切换为中文") if other == "zh" else _("切换为英文")
    code = HTML_LANG[other]
    return (
        f'<a class="login-language" href="/language/{other}" hreflang="{code}" lang="{code}"'
        f' title="{escape(label)}">{text}</a>'
    )
