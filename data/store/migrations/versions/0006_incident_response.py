"""The response to an incident, merged incidents, buildings that touch.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (
    ("dispatched_at", sa.DateTime(timezone=True)),
    ("dispatched_to", sa.Text()),
    ("controlled_at", sa.DateTime(timezone=True)),
    ("ended_at", sa.DateTime(timezone=True)),
    ("merged_into", sa.Integer()),
)


def upgrade():
    with op.batch_alter_table("incident") as batch:
        for name, kind in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=True))
        batch.create_foreign_key("fk_incident_merged_into", "incident", ["merged_into"], ["id"])
    op.create_table(
        "building_neighbour",
        sa.Column("building_id", sa.String(length=24), nullable=False),
        sa.Column("neighbour_id", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("building_id", "neighbour_id", name="pk_building_neighbour"),
    )


def downgrade():
    op.drop_table("building_neighbour")
    with op.batch_alter_table("incident") as batch:
        batch.drop_constraint("fk_incident_merged_into", type_="foreignkey")
        for name, _ in COLUMNS:
            batch.drop_column(name)
