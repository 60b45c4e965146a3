"""What recorders change: enrolment, and the reports they send. What people decide stands in arrangement.py."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any, ClassVar

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.protocol.identity import RecorderUnproven, verify_recorder_token
from nangmai.protocol.keys import KeyUnreadable, parse_public_key
from nangmai.protocol.messages import Report
from nangmai.web.ledger.services import SYSTEM, append
from nangmai.web.sites import queries
from nangmai.web.sites.models import Area, Camera, Checkpoint, Recorder
from nangmai.web.sites.places import folded


class RecorderUnknown(Error):
    """The recorder {recorder!r} is not enrolled here; put the secret of `nangmai web manage enrol` into its file."""

    kind: ClassVar[Kind] = Kind.DENIED
    http_status = 401


class RecorderSignatureWrong(Error):
    """The report was not signed with the key of the recorder {recorder!r}: {reason}."""

    kind: ClassVar[Kind] = Kind.DENIED
    http_status = 401


def enrol(*, name: str, secret: str | None = None) -> str:
    """Expect a recorder: its first report has to bring the secret that is returned. A known key is forgotten."""
    secret = secret or secrets.token_urlsafe(24)
    with transaction.atomic():
        Recorder.objects.update_or_create(
            name=name, defaults={"enrolment_hash": _hash(secret), "public_key": "", "enrolled_at": None}
        )
        append(act="recorder.expected", actor=SYSTEM, thing=f"recorder:{name}")
    return secret


def expect(*, name: str, secret: str) -> None:
    """As `enrol`, but a recorder whose key is pinned already stays as it is (supervisors call this at each start)."""
    with transaction.atomic():
        recorder, is_new = Recorder.objects.get_or_create(name=name)
        if is_new:
            append(act="recorder.expected", actor=SYSTEM, thing=f"recorder:{name}")
        if not recorder.public_key:
            recorder.enrolment_hash = _hash(secret)
            recorder.save(update_fields=["enrolment_hash"])


def _hash(secret: str) -> str:
    """The secret is random and long, so a plain hash keeps it; nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proven_recorder(*, token: str, enrolment: str, report: Report) -> Recorder:
    """The recorder that signed this report; the first valid enrolment pins its key."""
    recorder = Recorder.objects.filter(name=report.recorder).first()
    if recorder is None:
        raise RecorderUnknown(recorder=report.recorder)
    is_first = not recorder.public_key
    if is_first and not (enrolment and hmac.compare_digest(recorder.enrolment_hash, _hash(enrolment))):
        raise RecorderUnknown(recorder=report.recorder)
    key = _key(report.public_key if is_first else recorder.public_key, report.recorder)
    try:
        issuer = verify_recorder_token(token, key, wall_us())
    except (RecorderUnproven, jwt.InvalidTokenError) as error:
        reason = error.facts.get("reason", "") if isinstance(error, RecorderUnproven) else "malformed"
        raise RecorderSignatureWrong(recorder=report.recorder, reason=reason) from error
    if issuer != report.recorder:
        raise RecorderSignatureWrong(recorder=report.recorder, reason=f"it names {issuer!r}")
    if is_first:
        _pin(recorder, report.public_key)
    return recorder


@transaction.atomic
def _pin(recorder: Recorder, public_key: str) -> None:
    """From now on this key speaks for the recorder, and no other."""
    recorder.public_key = public_key
    recorder.enrolment_hash = ""
    recorder.enrolled_at = utc_now()
    recorder.save(update_fields=["public_key", "enrolment_hash", "enrolled_at"])
    append(
        act="recorder.pinned",
        actor=f"recorder:{recorder.name}",
        thing=f"recorder:{recorder.name}",
        facts={"public_key": public_key},
    )


def _key(text: str, recorder: str) -> Ed25519PublicKey:
    try:
        return parse_public_key(text, f"the report of {recorder}")
    except KeyUnreadable as error:
        raise RecorderSignatureWrong(recorder=recorder, reason="its public key cannot be read") from error


@transaction.atomic
def apply_report(*, recorder: Recorder, report: Report) -> None:
    """Show from now on what the recorder says."""
    recorder.reported_at = utc_now()
    recorder.boot_id = report.boot_id
    recorder.health_state = report.health.state
    recorder.health_message = report.health.message
    recorder.volumes = [volume.to_json() for volume in report.volumes]
    recorder.save(
        update_fields=["reported_at", "boot_id", "health_state", "health_message", "volumes"],
    )
    _apply_cameras(recorder, report)
    for text in report.checkpoints:
        row, is_new = Checkpoint.objects.get_or_create(
            sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
            defaults={"recorder": recorder, "text": text},
        )
        if is_new:
            append(
                act="checkpoint.received",
                actor=f"recorder:{recorder.name}",
                thing=f"recorder:{recorder.name}",
                facts={"note": row.text},
            )


def _apply_cameras(recorder: Recorder, report: Report) -> None:
    """Write only the rows that changed: reports come every second, most say the same as the last."""
    known = {camera.camera_id: camera for camera in recorder.cameras.all()}
    for position, told in enumerate(report.cameras):
        fields: dict[str, Any] = {
            "name": told.name or told.id,
            "reported_area": told.area,
            "streams": {name: stream.to_json() for name, stream in told.streams.items()},
            "is_in_file": True,
            "position": position,
        }
        camera = known.pop(told.id, None)
        if camera is None or (not camera.is_area_chosen and camera.reported_area != told.area):
            fields |= {"area": area_meant(told.area), "plan_x": None, "plan_y": None}
        if camera is None:
            Camera.objects.create(recorder=recorder, camera_id=told.id, **fields)
        elif any(getattr(camera, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(camera, name, value)
            camera.save(update_fields=list(fields))
    Camera.objects.filter(pk__in=[camera.pk for camera in known.values()], is_in_file=True).update(is_in_file=False)


def area_meant(text: str) -> Area | None:
    """The area that a report's text means; a text nobody knows becomes an area that is not placed yet."""
    text = text.strip()
    if not text:
        return None
    return queries.places().meant_by(text) or _not_placed(text)


def _not_placed(text: str) -> Area:
    """Under the text itself; under a longer name where two areas share it and the text does not say which."""
    taken = {folded(name) for name in Area.objects.filter(parent=None).values_list("name", flat=True)}
    name = text if folded(text) not in taken else f"{text} (?)"
    area, _made = Area.objects.get_or_create(name=name, parent=None, defaults={"is_placed": False, "reported_as": text})
    return area
