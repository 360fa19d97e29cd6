"""Numbers in paths, bounded as the database's keys are: a huge one is refused, no error."""

from typing import Annotated, Final

from fastapi import Path

#: The largest key that an INTEGER column holds on every database.
MAX_KEY: Final = 2**31 - 1

#: The number of an alarm: ``async def acknowledge(alarm_id: AlarmId, …)``.
AlarmId = Annotated[int, Path(ge=1, le=MAX_KEY)]
