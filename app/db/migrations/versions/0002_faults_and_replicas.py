"""Who sent a run, evidence for runs in doubt, replicas, pauses and chores"""

import sqlalchemy as sa
from alembic import op

from app.db.columns import Json, Money, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_by", sa.String(length=64)))
        batch_op.add_column(sa.Column("body_sha256", sa.String(length=64)))
        batch_op.add_column(sa.Column("balance_before_usd", Money()))
        batch_op.add_column(sa.Column("balance_after_usd", Money()))
        batch_op.add_column(sa.Column("held_up", sa.Text()))
        batch_op.add_column(sa.Column("next_try_at", UtcTime(timezone=True)))
        batch_op.add_column(sa.Column("updated_at", UtcTime(timezone=True)))
    op.execute("update runs set updated_at = coalesce(ended_at, created_at)")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.alter_column("updated_at", nullable=False)
        batch_op.create_index("ix_runs_owner_sent", ["owner_id", "sent_at"], unique=False)
        batch_op.create_index(
            "ix_runs_line", ["state", "owner_id", "id", "next_try_at"], unique=False
        )
        batch_op.create_index("ix_runs_sent", ["sent_at"], unique=False)
        batch_op.create_index("ix_runs_updated", ["updated_at"], unique=False)

    op.create_table(
        "replicas",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", UtcTime(timezone=True), nullable=False),
        sa.Column("beat_at", UtcTime(timezone=True), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("taken_over_at", UtcTime(timezone=True), nullable=True),
        sa.Column("taken_over", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replicas")),
    )
    op.create_table(
        "pauses",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("since", UtcTime(timezone=True), nullable=False),
        sa.Column("until", UtcTime(timezone=True), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pauses")),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
    )
