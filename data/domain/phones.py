"""Who sees telephone numbers whole, and what everybody else sees of them (PIPL Art. 6: need)."""

from typing import Final

from data.domain.words import Role

#: Who calls people: those who act on alarms, and who looks after the list.
CALLERS: Final = frozenset({Role.DUTY, Role.ADMIN})
HEAD, TAIL = 3, 4
_SHORTEST: Final = HEAD + TAIL + 1


def may_see_phone(role: Role | None) -> bool:
    """Return whether a role needs telephone numbers for its work."""
    return role in CALLERS


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
