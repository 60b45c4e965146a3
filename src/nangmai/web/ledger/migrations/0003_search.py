"""Indexes by which any search is answered without reading the whole log.

The index of `at_us` alone is dropped by its name: altering the field would make the table anew on SQLite, without its
triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

TABLE = "ledger_entry"


def drop_index_of_time(apps: Any, schema_editor: Any) -> None:
    """The new one begins with the same column."""
    database = schema_editor.connection
    with database.cursor() as cursor:
        known = database.introspection.get_constraints(cursor, TABLE)
    for name, constraint in known.items():
        if constraint["index"] and constraint["columns"] == ["at_us"]:
            schema_editor.execute(f"DROP INDEX {database.ops.quote_name(name)}")


def make_index_of_time(apps: Any, schema_editor: Any) -> None:
    """For migrating back."""
    schema_editor.execute(f"CREATE INDEX {TABLE}_at_us ON {TABLE} (at_us)")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_fence")]  # noqa: RUF012 - as Django writes them

    operations = [  # noqa: RUF012 - as Django writes them
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model_name="entry", name="at_us", field=models.BigIntegerField()),
            ],
            database_operations=[migrations.RunPython(drop_index_of_time, make_index_of_time)],
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["at_us", "seq"], name="ledger_by_time"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["clauses", "seq"], name="ledger_by_clauses"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["outcome", "seq"], name="ledger_by_outcome"),
        ),
    ]
