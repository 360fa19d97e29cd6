"""Photos of incidents; the pictures themselves are files.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "incident_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_incident_photo_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident_photo"),
    )
    op.create_index("ix_incident_photo_incident_id", "incident_photo", ["incident_id"])


def downgrade():
    op.drop_index("ix_incident_photo_incident_id", table_name="incident_photo")
    op.drop_table("incident_photo")
