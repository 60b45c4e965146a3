"""What a ticket was asked for: it is judged again while it is open."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("footage", "0002_use_entry")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="issuedticket",
            name="purpose",
            field=models.CharField(blank=True, max_length=60, verbose_name="purpose"),
        ),
        migrations.AlterField(
            model_name="issuedticket",
            name="basis",
            field=models.CharField(max_length=200, verbose_name="basis"),
        ),
    ]
