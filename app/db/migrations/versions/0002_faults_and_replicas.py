"""Who sent a run, evidence for runs in doubt, replicas, pauses and chores"""

import re
import unicodedata

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
        batch_op.add_column(sa.Column("body_bytes", sa.BigInteger()))
        batch_op.add_column(sa.Column("balance_before_usd", Money()))
        batch_op.add_column(sa.Column("balance_before_at", UtcTime(timezone=True)))
        batch_op.add_column(sa.Column("balance_after_usd", Money()))
        batch_op.add_column(sa.Column("balance_after_at", UtcTime(timezone=True)))
        batch_op.add_column(sa.Column("others_between", sa.Integer()))
        batch_op.add_column(sa.Column("doubted_at", UtcTime(timezone=True)))
        batch_op.add_column(sa.Column("excerpt", sa.Text()))
        batch_op.add_column(sa.Column("decision", sa.String(length=16)))
        batch_op.add_column(sa.Column("decided_at", UtcTime(timezone=True)))
        batch_op.add_column(sa.Column("sends_again", sa.String(length=26)))
        batch_op.add_column(sa.Column("held_up", sa.Text()))
        batch_op.add_column(sa.Column("next_try_at", UtcTime(timezone=True)))
        batch_op.add_column(sa.Column("updated_at", UtcTime(timezone=True)))
    op.execute("update runs set updated_at = coalesce(ended_at, created_at)")
    op.execute("update runs set doubted_at = coalesce(sent_at, created_at) where state = 'unknown'")
    # Given up, or sent again, without knowing whether RunComfy had them.
    op.execute(
        "update runs set doubted_at = sent_at where state = 'failed' and request_id is null"
        " and sent_at is not null and words_from = 'playground'"
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.alter_column("updated_at", nullable=False)
        batch_op.create_index("ix_runs_owner_sent", ["owner_id", "sent_at"], unique=False)
        batch_op.create_index(
            "ix_runs_line", ["state", "owner_id", "id", "next_try_at"], unique=False
        )
        batch_op.create_index("ix_runs_sent", ["sent_at"], unique=False)
        batch_op.create_index("ix_runs_updated", ["updated_at"], unique=False)
        batch_op.create_index("ix_runs_request_id", ["request_id"], unique=False)
        batch_op.create_index("ix_runs_decided", ["owner_id", "decided_at"], unique=False)

    _name_plainly()
    _note_uses()

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
        sa.Column("key_mark", sa.String(length=16), nullable=False),
        sa.Column("taken_over_at", UtcTime(timezone=True), nullable=True),
        sa.Column("taken_over", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replicas")),
    )
    op.create_table(
        "changes",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_changes")),
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


def _name_plainly() -> None:
    """Kept inputs can be searched by their names."""
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plain_name", sa.Text()))
        batch_op.drop_index("ix_media_owner")
        batch_op.create_index(
            "ix_media_owner", ["owner_id", "origin", "id", "plain_name"], unique=False
        )
        batch_op.create_index("ix_media_prepared", ["prepared_key"], unique=False)
    tx = op.get_bind()
    for media_id, name in tx.execute(sa.text("select id, name from media where name <> ''")).all():
        apart = unicodedata.normalize("NFKD", name.casefold())
        plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
        naming = sa.text("update media set plain_name = :plain where id = :id")
        tx.execute(naming, {"plain": plain, "id": media_id})


def _note_uses() -> None:
    """What earlier runs were given is not deleted either."""
    op.create_table(
        "uses",
        sa.Column("media_id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_uses_media_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_uses_run_id")),
        sa.PrimaryKeyConstraint("media_id", "run_id", name=op.f("pk_uses")),
    )
    tx = op.get_bind()
    # A prompt that only looks like it names a file costs nothing: that file stays, too.
    named = sa.text("select id, inputs from runs where inputs like '%media:%'")
    noting = sa.text(
        "insert into uses (media_id, run_id) select m.id, r.id from media m, runs r"
        " where m.id = :media and r.id = :run and m.owner_id = r.owner_id"
    )
    for run_id, inputs in tx.execute(named).all():
        for media_id in set(re.findall(r"media:([0-9A-HJKMNP-TV-Z]{26})", inputs)):
            tx.execute(noting, {"media": media_id, "run": run_id})
