"""Text that people and addresses bring in."""


def printable(text: str) -> str:
    r"""Return the text without what no database stores: control characters, lone surrogates.

    Examples
    --------
    >>> printable("B1\x00 三合一")
    'B1 三合一'
    """
    return "".join(letter for letter in text if letter.isprintable())
