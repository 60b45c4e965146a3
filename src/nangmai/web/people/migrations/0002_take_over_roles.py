"""Everybody who had a role has an assignment to it, in force since the account was made and marked as taken over."""

# ruff: noqa: RUF012 - as Django writes them
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def take_over(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    User = apps.get_model("accounts", "User")
    Assignment = apps.get_model("people", "Assignment")
    Assignment.objects.bulk_create(
        Assignment(person=user, role=user.role, origin="taken_over", from_at=user.created_at, signed_at=user.created_at)
        for user in User.objects.order_by("pk")
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("accounts", "0001_initial")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
