"""Every table. A change here comes with a migration; a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.db.columns import Json, Money, UtcTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)

models = Table(
    "models",
    metadata,
    Column("model_id", String(255), primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("categories", Json, nullable=False),
    Column("price_usd", Money),
    Column("price_unit", Text),
    Column("pricing_note", Text),
    Column("schema_id", String(64), ForeignKey("schemas.id"), nullable=False),
    # Where its schema is from: `shipped`, `catalogue` or `imported`.
    Column("source", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # What RunComfy's catalogue did with it: listed it first, after a catalogue was known here;
    # gave it another schema, and what that changed; listed it no longer.
    Column("listed_at", UtcTime),
    Column("new_at", UtcTime),
    Column("changed_at", UtcTime),
    Column("changes", Json),
    Column("removed_at", UtcTime),
)

# What is known of each RunComfy that was ever asked, by its host: there, and the simulator.
catalogues = Table(
    "catalogues",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("synced_at", UtcTime),
    Column("listed", Integer, nullable=False),
    # Since when its answers are suspiciously short: one alone takes nothing for removed.
    Column("doubted_at", UtcTime),
)

pins = Table(
    "pins",
    metadata,
    Column("owner_id", String(64), primary_key=True),
    Column("model_id", String(255), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
)

# How people left the pages, such as "More settings" open.
remembered = Table(
    "remembered",
    metadata,
    Column("owner_id", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", String(255), nullable=False),
)

schemas = Table(
    "schemas",
    metadata,
    # The hash of model id and schema: the same description is the same version.
    Column("id", String(64), primary_key=True),
    Column("model_id", String(255), nullable=False),
    Column("input_schema", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_schemas_model_id", "model_id"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("owner_id", String(64), nullable=False),
    Column("model_id", String(255), nullable=False),
    Column("schema_id", String(64), ForeignKey("schemas.id"), nullable=False),
    Column("form_key", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("phase", String(16)),
    Column("version", Integer, nullable=False),
    Column("simulated", Boolean, nullable=False),
    # What is sent, and the names of the values that were rolled here.
    Column("inputs", Json, nullable=False),
    Column("rolled", Json, nullable=False),
    # The shape expected, then the shape that came.
    Column("width", Integer),
    Column("height", Integer),
    Column("estimate_usd", Money),
    Column("cost_usd", Money),
    Column("request_id", String(200)),
    Column("queue_position", Integer),
    Column("queue_position_before", Integer),
    Column("queue_moved_at", UtcTime),
    # RunComfy's words, or ours where it said nothing; and the code they came with.
    Column("words", Text),
    Column("words_from", String(16)),
    Column("http_status", Integer),
    Column("retry_after_seconds", Float),
    Column("output", Json),
    Column("missing", Json),
    Column("sent_again_as", String(26)),
    Column("cancel_refused", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # By which process it was sent: what a dead one left in `sending` is in doubt.
    Column("sent_by", String(64)),
    # Evidence for a run in doubt: the hash of what left, and RunComfy's balance around it.
    Column("body_sha256", String(64)),
    Column("body_bytes", BigInteger),
    Column("balance_before_usd", Money),
    Column("balance_before_at", UtcTime),
    Column("balance_after_usd", Money),
    Column("balance_after_at", UtcTime),
    # How many other runs may have been charged between the two readings.
    Column("others_between", Integer),
    # Since when it is in doubt, and the start of the answer that left it so.
    Column("doubted_at", UtcTime),
    Column("excerpt", Text),
    # What a person made of the doubt: `attached`, `sent_again` or `written_off`.
    Column("decision", String(16)),
    Column("decided_at", UtcTime),
    Column("sends_again", String(26)),
    Column("sent_at", UtcTime),
    Column("answered_at", UtcTime),
    Column("running_at", UtcTime),
    Column("ended_there_at", UtcTime),
    Column("ended_at", UtcTime),
    # Why a result is not kept yet, and when it is tried again.
    Column("held_up", Text),
    Column("next_try_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("form_key", name="uq_runs_form_key"),
    Index("ix_runs_owner_model", "owner_id", "model_id", "id"),
    Index("ix_runs_model_state", "model_id", "state", "id"),
    Index("ix_runs_state", "state", "id"),
    # Who waits to be sent, and who has how many under way: answered by the index alone.
    Index("ix_runs_line", "state", "owner_id", "id", "next_try_at"),
    Index("ix_runs_phase", "phase", "id"),
    # Whose turn it is to send, and how many were sent within a minute.
    Index("ix_runs_owner_sent", "owner_id", "sent_at"),
    Index("ix_runs_sent", "sent_at"),
    # What other processes have written since it was last asked.
    Index("ix_runs_updated", "updated_at"),
    # Which run a request at RunComfy belongs to.
    Index("ix_runs_request_id", "request_id"),
    # What was decided about runs in doubt, and when.
    Index("ix_runs_decided", "owner_id", "decided_at"),
)

# The processes that share this database, and when each was last heard from.
replicas = Table(
    "replicas",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    # `ready`, `stopping` or `gone`.
    Column("state", String(16), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("beat_at", UtcTime, nullable=False),
    Column("follows", Integer, nullable=False),
    Column("memory_bytes", BigInteger),
    # Tells whether all sign with the same key, and nothing of the key.
    Column("key_mark", String(16), nullable=False),
    # Of one that is gone: when its runs were taken over, and how many.
    Column("taken_over_at", UtcTime),
    Column("taken_over", Integer),
)

# How often what processes keep in memory has changed, by its name.
changes = Table(
    "changes",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("times", Integer, nullable=False),
)

# Why nothing is sent at present, one row at most: `sending`.
pauses = Table(
    "pauses",
    metadata,
    Column("name", String(16), primary_key=True),
    # What it was: `busy` (429), `credit` (402) or `trouble` (503, no connection).
    Column("cause", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("http_status", Integer),
    Column("since", UtcTime, nullable=False),
    # Empty: until a person says so.
    Column("until", UtcTime),
    # How often in a row: the pauses grow.
    Column("times", Integer, nullable=False),
)

# What was done to the whole of it, last: `backup`, `restore`, `verify`.
chores = Table(
    "chores",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("told", Json, nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("owner_id", String(64), nullable=False),
    Column("run_id", String(26), ForeignKey("runs.id")),
    Column("position", Integer, nullable=False),
    Column("origin", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("extension", String(8), nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration_seconds", Float),
    Column("storage_key", String(128), nullable=False),
    Column("thumbnail_key", String(128)),
    Column("thumbnail_width", Integer),
    Column("thumbnail_height", Integer),
    Column("source_url", Text),
    # Of an input: what its owner calls it, and the copy that is sent where the file itself is not.
    Column("name", Text),
    # The same as it is searched: without case and accents.
    Column("plain_name", Text),
    Column("prepared_key", String(128)),
    Column("prepared_type", String(64)),
    Column("prepared_size", BigInteger),
    Column("prepared_sha256", String(64)),
    Column("prepared_width", Integer),
    Column("prepared_height", Integer),
    Column("changes", Json),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("run_id", "position", name="uq_media_run_id"),
    # The same bytes given twice are one input.
    Index(
        "uq_media_input",
        "owner_id",
        "sha256",
        unique=True,
        sqlite_where=text("origin = 'input'"),
        postgresql_where=text("origin = 'input'"),
    ),
    # With the names, so that a search reads this alone.
    Index("ix_media_owner", "owner_id", "origin", "id", "plain_name"),
    Index("ix_media_sha256", "sha256"),
    Index("ix_media_prepared", "prepared_key"),
)

# Which kept files a run was given: what a run was given is not deleted.
uses = Table(
    "uses",
    metadata,
    Column("media_id", String(26), ForeignKey("media.id"), primary_key=True),
    Column("run_id", String(26), ForeignKey("runs.id"), primary_key=True),
)
