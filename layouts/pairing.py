"""The page of a screen that waits: its code in large letters; plain HTML like the sign-in page."""

from dataclasses import dataclass
from html import escape

from layouts.i18n import Lang, translator
from layouts.plain import plain_head


@dataclass(frozen=True, slots=True)
class PairingView:
    """What the page shows; without a code, that too many screens wait."""

    lang: Lang
    #: Path prefix of the versioned assets.
    assets: str
    code: str = ""
    left_s: int = 0


def pairing_page(view: PairingView) -> str:
    """Return the whole page."""
    _ = translator(view.lang)
    title = _("新塘街道智慧消防")
    return f"""{plain_head(_("大屏配对"), "pairing.css", view.assets, view.lang)}
<body class="pairing">
<main class="pairing-panel">
<p class="pairing-name">{escape(title)}</p>
<h1 class="pairing-title">{escape(_("大屏配对"))}</h1>
{_code(view)}
<p class="pairing-foot"><a href="/login?next=/wall/">{escape(_("人员登录"))}</a></p>
</main>
<script type="module" src="{view.assets}/js/pairing.mjs"></script>
</body>
</html>
"""


def _code(view: PairingView) -> str:
    _ = translator(view.lang)
    if not view.code:
        busy = escape(_("等待配对的屏幕过多，请十分钟后重试。"))
        return f'<p class="pairing-say" role="alert" data-left="600">{busy}</p>'
    half = len(view.code) // 2
    shown = f"{view.code[:half]}-{view.code[half:]}"
    say = escape(_("请管理员在“大屏管理”页输入此码，并填写安装位置。"))
    return f"""<p class="pairing-code num" data-left="{view.left_s}">{shown}</p>
<p class="pairing-say">{say}</p>
<p class="pairing-left">{escape(_("配对码十分钟内有效，到期自动更换。"))}</p>"""
