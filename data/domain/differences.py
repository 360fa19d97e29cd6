"""What differs between a record before and after it was changed."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any


def differences(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of two records of one class that differ, as they were and as they are.

    Examples
    --------
    >>> from data.domain.rule_changes import Numbers
    >>> differences(Numbers(10, 8), Numbers(12, 8))
    ({'on': 10}, {'on': 12})
    """
    if type(before) is not type(after):
        raise TypeError("both are to be records of one class")
    was, is_ = {}, {}
    for one in fields(after):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if old == new:
            continue
        if is_dataclass(new) and type(old) is type(new):
            was[one.name], is_[one.name] = differences(old, new)
        else:
            was[one.name], is_[one.name] = _plain(old), _plain(new)
    return was, is_


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | float | dict | list) or value is None else str(value)
