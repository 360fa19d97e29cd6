"""What those see of telephone numbers who need not call (PIPL Art. 6: need)."""

from typing import Final

HEAD, TAIL = 3, 4
_SHORTEST: Final = HEAD + TAIL + 1


def mask_phone(phone: str) -> str:
    """Return a number of which only the ends can be read; of a short one nothing but its end.

    Examples
    --------
    >>> mask_phone("13812341234"), mask_phone("0595-00000003"), mask_phone("119")
    ('138****1234', '059******0003', '**9')
    """
    if len(phone) < _SHORTEST:
        return "*" * len(phone[1:]) + phone[-1:]
    return phone[:HEAD] + "*" * (len(phone) - HEAD - TAIL) + phone[-TAIL:]
