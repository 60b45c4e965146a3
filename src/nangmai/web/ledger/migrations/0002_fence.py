"""The one head of the log, and triggers that refuse to change or delete an entry or a checkpoint.

A later migration that alters these tables on SQLite makes them anew, without triggers: it has to put them back.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = ("ledger_entry", "ledger_checkpoint")
REFUSAL = "the ledger is only added to"


def raise_fence(apps: Any, schema_editor: Any) -> None:
    """Triggers in the words of either database."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
    for table in TABLES:
        for statement in _statements(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)


def lower_fence(apps: Any, schema_editor: Any) -> None:
    """For migrating back."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for event in ("update", "delete", *(("truncate",) if is_postgresql else ())):
            on = f" ON {table}" if is_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {table}_no_{event}{on}")
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION ledger_refuse()")


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        each = [("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")]
        return [
            f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
            f"FOR EACH {scope} EXECUTE FUNCTION ledger_refuse()"
            for event, scope in each
        ]
    return [
        f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for event in ("update", "delete")
    ]


def add_head(apps: Any, schema_editor: Any) -> None:
    """The log begins empty."""
    apps.get_model("ledger", "LedgerHead").objects.create(id=1)


def remove_head(apps: Any, schema_editor: Any) -> None:
    """For migrating back."""
    apps.get_model("ledger", "LedgerHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]  # noqa: RUF012 - as Django writes them

    operations = [  # noqa: RUF012 - as Django writes them
        migrations.RunPython(raise_fence, lower_fence),
        migrations.RunPython(add_head, remove_head),
    ]
