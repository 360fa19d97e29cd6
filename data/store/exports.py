"""The audit of exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.store.database import Database
from data.store.models import Audit


@dataclass(frozen=True, slots=True)
class Exported:
    """Who took which list out of the house, from where; ``detail`` has filters and rows."""

    actor: str
    address: str
    what: str
    detail: Mapping[str, Any]


def note_export(
    database: Database, exported: Exported, now: datetime, action: str = "history.exported"
) -> None:
    """Write the audit row; before the first byte leaves, so that a broken transfer counts too."""
    with database.writing() as session:
        session.add(
            Audit(
                at=now,
                actor=exported.actor,
                action=action,
                subject=exported.what,
                address=exported.address,
                detail=dict(exported.detail),
            )
        )
