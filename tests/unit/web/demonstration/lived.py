"""Lives through some days in a database of its own, and prints what came of it: run as a process by test_history.py."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path


def main(days: int, folder: str) -> None:
    os.environ |= {"NANGMAI_DATA_DIR": folder, "NANGMAI_HOSTS": "testserver", "NANGMAI_LOG_LEVEL": "ERROR"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "nangmai.web.settings"
    os.environ.pop("NANGMAI_DATABASE_URL", None)
    import django
    from django.conf import settings

    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from nangmai.base.errors import Error
    from nangmai.web.compliance.models import DailyState
    from nangmai.web.demonstration.history import live_through
    from nangmai.web.ledger.comparing import compare
    from nangmai.web.ledger.models import Checkpoint, Entry
    from nangmai.web.ledger.services import export
    from nangmai.web.sites.models import Camera
    from nangmai.web.watch.queries import on_watch_now

    told: list[tuple[int, int]] = []
    live_through(days, tell=lambda done, of: told.append((done, of)))
    try:
        live_through(days)
        again = ""
    except Error as error:
        again = error.code
    found = compare()
    export(Path(folder) / "export.zip")
    moments = list(Entry.objects.order_by("seq").values_list("at_us", flat=True))
    result = {
        "told": told,
        "again": again,
        "is_monotone": moments == sorted(moments),
        "span_us": [moments[0], moments[-1]],
        "acts": Counter(f"{act} {outcome}" for act, outcome in Entry.objects.values_list("act", "outcome")),
        "checkpoints": Checkpoint.objects.count(),
        "differences": [str(one) for one in [*found.missteps, *found.differences]],
        "states": {
            clause: [
                state for at, state in DailyState.objects.order_by("day").values_list("clause", "state") if at == clause
            ]
            for clause in ("Đ1.1", "Đ5.2", "Đ7.1")
        },
        "days": DailyState.objects.values("day").distinct().count(),
        "cameras": Counter(Camera.objects.values_list("recorder__name", flat=True)),
        "placed": Camera.objects.filter(area__is_placed=True).count(),
        "on_watch": len(on_watch_now()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
