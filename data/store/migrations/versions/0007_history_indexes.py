"""Indexes of the history: alarms and incidents listed by time, kind, community.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Name, table, columns.
ADDED = (
    (
        "ix_alarm_by_time",
        "alarm",
        ["raised_at", "id", "kind", "verdict", "community_code", "device_id", "building_id"],
    ),
    ("ix_alarm_kind_raised_at", "alarm", ["kind", "raised_at"]),
    ("ix_alarm_incident_id_device_id", "alarm", ["incident_id", "device_id"]),
    (
        "ix_incident_by_time",
        "incident",
        ["opened_at", "id", "kind", "verdict", "community_code", "building_id"],
    ),
    ("ix_incident_building_id_opened_at", "incident", ["building_id", "opened_at"]),
    ("ix_incident_community_code_opened_at", "incident", ["community_code", "opened_at"]),
    ("ix_incident_kind_opened_at", "incident", ["kind", "opened_at"]),
)
#: Of the alarms that nobody has closed yet.
OPEN_ONLY = (
    ("ix_alarm_open_building_id_raised_at", "alarm", ["building_id", "raised_at"]),
    ("ix_alarm_open_device_id_raised_at", "alarm", ["device_id", "raised_at"]),
)
#: Each is the beginning of one of the above, which takes its place.
REPLACED = (
    ("ix_alarm_raised_at", "alarm", ["raised_at"]),
    ("ix_alarm_incident_id", "alarm", ["incident_id"]),
    ("ix_incident_opened_at", "incident", ["opened_at"]),
    ("ix_incident_building_id", "incident", ["building_id"]),
    ("ix_incident_community_code", "incident", ["community_code"]),
)


def upgrade():
    for name, table, columns in ADDED:
        op.create_index(name, table, columns, unique=False)
    is_open = sa.text("closed_at IS NULL")
    for name, table, columns in OPEN_ONLY:
        op.create_index(name, table, columns, sqlite_where=is_open, postgresql_where=is_open)
    for name, table, _columns in REPLACED:
        op.drop_index(name, table_name=table)


def downgrade():
    for name, table, columns in REPLACED:
        op.create_index(name, table, columns, unique=False)
    for name, table, _columns in (*ADDED, *OPEN_ONLY):
        op.drop_index(name, table_name=table)
