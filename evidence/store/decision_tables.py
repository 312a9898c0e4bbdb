"""The table of decisions in SQLite and PostgreSQL, and what keeps it append-only.

The database itself refuses to change or remove a row: triggers raise on UPDATE, DELETE and
TRUNCATE, and an inserted row must carry the next number. So a mistake in the program, or a person
at a database shell, cannot rewrite what somebody decided. Nothing here knows what a decision means.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
    text,
)

__all__ = ["SCHEMA_VERSION", "create_tables", "decisions", "stored_version"]

SCHEMA_VERSION = 1

metadata = MetaData()

decisions = Table(
    "decisions",
    metadata,
    Column("event_id", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, CheckConstraint("length(who) > 0"), nullable=False),
    Column("object_type", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("version", Integer, CheckConstraint("version >= 1"), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("reason", Text),
    UniqueConstraint("object_type", "object_id", "field", "version", name="one_event_a_version"),
)

schema_version = Table("decisions_schema", metadata, Column("version", Integer, nullable=False))

_NEXT_ID = "(SELECT coalesce(max(event_id), 0) + 1 FROM decisions)"
_NEXT_VERSION = (
    "(SELECT coalesce(max(version), 0) + 1 FROM decisions WHERE object_type = NEW.object_type"
    " AND object_id = NEW.object_id AND field = NEW.field)"
)

# SQLite's INSERT OR REPLACE removes a row without firing the delete trigger; demanding the next
# number leaves it nothing to replace.
SQLITE_GUARDS = (
    "CREATE TRIGGER decisions_keep_update BEFORE UPDATE ON decisions"
    " BEGIN SELECT RAISE(ABORT, 'decisions are append-only: UPDATE refused'); END",
    "CREATE TRIGGER decisions_keep_delete BEFORE DELETE ON decisions"
    " BEGIN SELECT RAISE(ABORT, 'decisions are append-only: DELETE refused'); END",
    "CREATE TRIGGER decisions_next_number BEFORE INSERT ON decisions"
    f" WHEN NEW.event_id IS NOT {_NEXT_ID} OR NEW.version IS NOT {_NEXT_VERSION}"
    " BEGIN SELECT RAISE(ABORT, 'decisions are append-only: not the next number'); END",
)

# ENABLE ALWAYS: the triggers fire in replication mode too, where others are silent.
POSTGRESQL_GUARDS = (
    "CREATE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'decisions are append-only: % refused', TG_OP; END $$",
    "CREATE FUNCTION decisions_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" IF NEW.event_id IS DISTINCT FROM {_NEXT_ID} OR NEW.version IS DISTINCT FROM {_NEXT_VERSION}"
    " THEN RAISE EXCEPTION 'decisions are append-only: not the next number'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER decisions_keep BEFORE UPDATE OR DELETE ON decisions"
    " FOR EACH ROW EXECUTE FUNCTION decisions_refuse()",
    "CREATE TRIGGER decisions_keep_all BEFORE TRUNCATE ON decisions"
    " FOR EACH STATEMENT EXECUTE FUNCTION decisions_refuse()",
    "CREATE TRIGGER decisions_next_number BEFORE INSERT ON decisions"
    " FOR EACH ROW EXECUTE FUNCTION decisions_number()",
    "ALTER TABLE decisions ENABLE ALWAYS TRIGGER decisions_keep",
    "ALTER TABLE decisions ENABLE ALWAYS TRIGGER decisions_keep_all",
    "ALTER TABLE decisions ENABLE ALWAYS TRIGGER decisions_next_number",
    "REVOKE UPDATE, DELETE, TRUNCATE ON decisions FROM PUBLIC",
)


def stored_version(connection: Connection) -> int | None:
    """Return the version of the tables that a database holds, None where it holds none."""
    if not inspect(connection).has_table(schema_version.name):
        return None
    version: int = connection.execute(select(schema_version.c.version)).scalar_one()
    return version


def create_tables(connection: Connection) -> None:
    """Create the tables with their guards, within the caller's transaction."""
    metadata.create_all(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in SQLITE_GUARDS if is_sqlite else POSTGRESQL_GUARDS:
        connection.execute(text(statement))
    connection.execute(schema_version.insert().values(version=SCHEMA_VERSION))
