# ruff: noqa: RUF012 - as Django writes them
"""Cameras that were reported before there were areas: each text becomes an area that is not placed yet."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def areas_from_reports(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Area, Camera = apps.get_model("sites", "Area"), apps.get_model("sites", "Camera")
    for camera in Camera.objects.filter(area=None).exclude(reported_area=""):
        text = camera.reported_area.strip()
        if text:
            camera.area, _ = Area.objects.get_or_create(
                name=text, parent=None, defaults={"is_placed": False, "reported_as": text}
            )
            camera.save(update_fields=["area"])


class Migration(migrations.Migration):
    dependencies = [("sites", "0002_areas")]

    operations = [migrations.RunPython(areas_from_reports, migrations.RunPython.noop)]
