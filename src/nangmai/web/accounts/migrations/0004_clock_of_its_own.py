"""When an account was made is told by the clock that can be moved."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import nangmai.base.clock


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_factors")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="user",
            name="created_at",
            field=models.DateTimeField(default=nangmai.base.clock.utc_now, editable=False),
        ),
    ]
