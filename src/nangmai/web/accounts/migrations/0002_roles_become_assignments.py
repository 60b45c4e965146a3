"""The role leaves the account; `people` has made an assignment of it before."""

# ruff: noqa: RUF012 - as Django writes them
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("people", "0002_take_over_roles")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_role_is_known"),
        migrations.RemoveField(model_name="user", name="role"),
    ]
