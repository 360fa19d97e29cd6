"""The head of a page that is plain HTML, there before anything else is loaded."""

from html import escape

from layouts.i18n import HTML_LANG, Lang, translator


def plain_head(title: str, style: str, assets: str, lang: Lang) -> str:
    """Return everything before the body.

    Parameters
    ----------
    title
        Of the page, in the language; escaped here.
    style
        File in ``assets/css`` beside ``base.css``.
    assets
        Path prefix of the versioned assets, such as ``/assets/3f2a…``.
    lang
    """
    product = translator(lang)("新塘街道智慧消防")
    return f"""<!DOCTYPE html>
<html lang="{HTML_LANG[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>{escape(title)} · {escape(product)}</title>
<link rel="icon" href="{assets}/icons/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{assets}/css/base.css">
<link rel="stylesheet" href="{assets}/css/{style}">
</head>"""
