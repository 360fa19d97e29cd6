"""Every order and filter of the history is decided inside an index.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Name, table, columns.
WIDE = (
    (
        "ix_alarm_by_kind",
        "alarm",
        ["kind", "raised_at", "id", "verdict", "community_code", "device_id", "building_id"],
    ),
    (
        "ix_alarm_by_community",
        "alarm",
        ["community_code", "raised_at", "id", "verdict", "kind", "device_id", "building_id"],
    ),
    (
        "ix_alarm_by_building",
        "alarm",
        ["building_id", "raised_at", "id", "verdict", "kind", "community_code", "device_id"],
    ),
    (
        "ix_alarm_by_device",
        "alarm",
        [
            "device_id",
            "raised_at",
            "id",
            "verdict",
            "kind",
            "community_code",
            "building_id",
            "incident_id",
        ],
    ),
    (
        "ix_incident_by_kind",
        "incident",
        ["kind", "opened_at", "id", "verdict", "community_code", "building_id"],
    ),
    (
        "ix_incident_by_community",
        "incident",
        ["community_code", "opened_at", "id", "verdict", "kind", "building_id"],
    ),
    (
        "ix_incident_by_building",
        "incident",
        ["building_id", "opened_at", "id", "verdict", "kind", "community_code"],
    ),
)
#: Each is the beginning of one of the above, which takes its place.
NARROW = (
    ("ix_alarm_kind_raised_at", "alarm", ["kind", "raised_at"]),
    ("ix_alarm_community_code_raised_at", "alarm", ["community_code", "raised_at"]),
    ("ix_alarm_building_id", "alarm", ["building_id"]),
    ("ix_alarm_device_id_raised_at", "alarm", ["device_id", "raised_at"]),
    ("ix_incident_kind_opened_at", "incident", ["kind", "opened_at"]),
    ("ix_incident_community_code_opened_at", "incident", ["community_code", "opened_at"]),
    ("ix_incident_building_id_opened_at", "incident", ["building_id", "opened_at"]),
)


def upgrade():
    _replace(NARROW, WIDE)


def downgrade():
    _replace(WIDE, NARROW)


def _replace(gone, added):
    for name, table, _columns in gone:
        op.drop_index(name, table_name=table)
    for name, table, columns in added:
        op.create_index(name, table, columns, unique=False)
