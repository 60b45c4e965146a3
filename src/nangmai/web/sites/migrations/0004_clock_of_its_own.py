"""When a checkpoint came is told by the clock that can be moved."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import nangmai.base.clock


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sites", "0003_areas_from_reports")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="checkpoint",
            name="received_at",
            field=models.DateTimeField(default=nangmai.base.clock.utc_now, editable=False),
        ),
    ]
