"""Looking at the present from a page that must also be shown without it."""

from collections.abc import Mapping, Sequence

import structlog
from redis import Redis
from redis.exceptions import RedisError

from data.domain.views import DeviceNow, ReadNow
from data.live.present import read_devices

log = structlog.get_logger()


def reader(redis: Redis) -> ReadNow:
    """Return a function that reads devices; it knows none while Redis does not answer.

    The page then shows no values (never old ones), and the browser says that the data is
    interrupted.
    """

    def read_now(device_ids: Sequence[str]) -> Mapping[str, DeviceNow]:
        try:
            return read_devices(redis, device_ids)
        except RedisError as error:
            log.warning("redis does not answer", error=str(error))
            return {}

    return read_now
