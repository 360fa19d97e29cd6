"""Screens that wait with a code.

Displays with a password of before are closed: they are paired anew.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "display_pairing",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_display_pairing_user_id_user"),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_display_pairing"),
        sa.UniqueConstraint("code", name="uq_display_pairing_code"),
    )
    op.create_index("ix_display_pairing_expires_at", "display_pairing", ["expires_at"])
    op.execute(
        'UPDATE "user" SET disabled_at = CURRENT_TIMESTAMP'
        " WHERE role = 'display' AND disabled_at IS NULL"
    )


def downgrade():
    op.drop_table("display_pairing")
