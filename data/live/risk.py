"""The forecast of the present in Redis: written by the risk process, read by screens."""

import hashlib
from typing import Any, Final

from redis.exceptions import RedisError

from data.domain.risk.codec import from_bytes, to_bytes
from data.domain.risk.records import Forecast, RiskError
from data.live import keys
from data.live.present import PresentMissingError

#: Without a new look for so long it is gone: better none than an old one.
LIFE_S: Final = 600


def write_risk(redis: Any, forecast: Forecast) -> str:
    """Write the forecast of the present; return its version."""
    body = to_bytes(forecast)
    version = hashlib.sha256(body).hexdigest()[:16]
    redis.hset(keys.RISK, mapping={"version": version, "body": body})
    redis.expire(keys.RISK, LIFE_S)
    return version


def prolong_risk(redis: Any) -> bool:
    """Say that the forecast still holds; return False if there is none."""
    return bool(redis.expire(keys.RISK, LIFE_S))


def risk_version(redis: Any) -> str | None:
    """Return what names the forecast of the present; None if there is none.

    Raises
    ------
    PresentMissingError
        If Redis is away.
    """
    try:
        version = redis.hget(keys.RISK, "version")
    except RedisError as error:
        raise PresentMissingError("redis is away") from error
    return None if version is None else str(version.decode())


def present_risk(redis: Any) -> tuple[str, Forecast] | None:
    """Return the forecast of the present with its version; None if there is none.

    Raises
    ------
    PresentMissingError
        If Redis is away, or what it has is damaged.
    """
    try:
        version, body = redis.hmget(keys.RISK, ["version", "body"])
        if version is None or body is None:
            return None
        return version.decode(), from_bytes(body)
    except RedisError as error:
        raise PresentMissingError("redis is away") from error
    except RiskError as error:
        raise PresentMissingError(str(error)) from error
