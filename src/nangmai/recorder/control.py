"""The exchange with web: reports go up, keys, revocations and holds come down (docs/design/planes.md).

Web may be down, wrong or slow: the recorder obeys what it was told last, keeps its uses of tickets in the outbox, and
tries again. Nothing here can stop or delay recording.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import aiohttp

from nangmai.archive.index import Hold as ArchiveHold
from nangmai.archive.keys import KEY_NAME, load_key
from nangmai.archive.retention import CameraRetention, RetentionRules
from nangmai.base.errors import Error, Kind
from nangmai.base.log import RepeatLimiter
from nangmai.protocol.identity import recorder_token
from nangmai.protocol.keys import parse_public_key, public_key_text
from nangmai.protocol.messages import VERSION, Desired, Hold, Report, TicketUse, VolumeState

if TYPE_CHECKING:
    from nangmai.recorder.config import RecorderConfig
    from nangmai.recorder.node import Node

_log = logging.getLogger(__name__)

BUSY_S = 1.0
QUIET_S = 10.0
LONGEST_S = 30.0
TIMEOUT_S = 10.0
USES_AT_ONCE = 500
CHECKPOINTS_AT_ONCE = 10
ANSWER_LIMIT_BYTES = 8 << 20
ENROLMENT_HEADER = "X-Nangmai-Enrolment"
DESIRED_NAME = "desired.json"


class WebRefused(Error):
    """The web plane at {url} refused the report ({status}): {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class WebUnreachable(Error):
    """The web plane at {url} cannot be reached: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class Control:
    """Keeps what web wants, and tells web what is."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._archive = node.archive
        self._table = node.config.control
        self._limiter = RepeatLimiter(clock=node.clock)
        self._path = node.archive.state / DESIRED_NAME
        self._key = load_key(node.archive.state / KEY_NAME)
        self._desired: Desired | None = None
        self._sent_checkpoint = 0
        self._is_enrolled = False
        self._failures = 0
        self._is_due = asyncio.Event()

    async def run(self) -> None:
        """Obey what was wanted before the restart, then exchange for ever."""
        await asyncio.to_thread(self._recall)
        if self._table is None:
            return
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
            while True:
                self._is_due.clear()
                has_more = await self._attempt(session)
                await self._pause(self._interval_s(has_more))

    def report_use(self, use: dict[str, Any]) -> None:
        """Into the outbox, and up within a second."""
        self._archive.index.add_ticket_use(use)
        self._is_due.set()

    async def _pause(self, seconds: float) -> None:
        """Until the next exchange: sooner when there is something to report, but never when web has just failed."""
        await asyncio.sleep(seconds if self._failures else BUSY_S)
        if not self._failures and seconds > BUSY_S:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds - BUSY_S):
                    await self._is_due.wait()

    def _interval_s(self, has_more: bool) -> float:
        if self._failures:
            return min(LONGEST_S, BUSY_S * 2.0 ** min(self._failures - 1, 10))
        return BUSY_S if has_more or self._node.tickets.is_busy else QUIET_S

    async def _attempt(self, session: aiohttp.ClientSession) -> bool:
        try:
            has_more = await self._exchange(session)
        except Error as error:
            self._failures += 1
            self._limiter.log(_log, logging.WARNING, error.code, str(error))
            return False
        except Exception:  # noqa: BLE001 border of the task: whatever web answers, the next exchange is tried
            self._failures += 1
            self._limiter.log(_log, logging.ERROR, "exchange", "the exchange with web failed")
            _log.debug("exchange", exc_info=True)
            return False
        self._failures = 0
        return has_more

    async def _exchange(self, session: aiohttp.ClientSession) -> bool:
        uses, checkpoints = await asyncio.to_thread(self._outbox)
        report = self._report(uses, checkpoints)
        desired = Desired.from_json(await self._post(session, report))
        self._is_enrolled = True
        if checkpoints:
            self._sent_checkpoint = checkpoints[-1][0]
        await asyncio.to_thread(self._settle, desired)
        if desired != self._desired:
            await asyncio.to_thread(self._keep, desired)
            self._obey(desired)
        return bool(uses or checkpoints)

    # -- up ---------------------------------------------------------------------------------------------------------

    def _outbox(self) -> tuple[tuple[TicketUse, ...], list[tuple[int, str]]]:
        index = self._archive.index
        uses = tuple(TicketUse(id=number, **body) for number, body in index.ticket_uses(USES_AT_ONCE))
        return uses, index.checkpoints(self._sent_checkpoint, CHECKPOINTS_AT_ONCE)

    def _report(self, uses: tuple[TicketUse, ...], checkpoints: list[tuple[int, str]]) -> Report:
        node = self._node
        return Report(
            version=VERSION,
            recorder=node.config.recorder.name,
            boot_id=node.clock.boot_id(),
            sent_us=node.clock.wall_us(),
            public_key=public_key_text(self._key.public_key()),
            health=node.health(),
            cameras=node.states(),
            uses=uses,
            volumes=tuple(self._volumes()),
            checkpoints=tuple(text for _, text in checkpoints),
        )

    def _volumes(self) -> list[VolumeState]:
        days = self._node.forecast_days()
        return [
            VolumeState(
                str(volume.path), volume.state, volume.space.size_bytes, volume.space.free_bytes, days, volume.reason
            )
            for volume in self._archive.volumes
        ]

    async def _post(self, session: aiohttp.ClientSession, report: Report) -> Any:
        assert self._table is not None
        node = self._node
        token = recorder_token(self._key, node.config.recorder.name, node.clock.wall_us())
        headers = {"Authorization": f"Bearer {token}"}
        if self._table.enrolment is not None and not self._is_enrolled:
            headers[ENROLMENT_HEADER] = self._table.enrolment
        url = self._table.url.rstrip("/") + "/control/exchange"
        try:
            async with session.post(url, json=report.to_json(), headers=headers, allow_redirects=False) as answer:
                body = await answer.content.read(ANSWER_LIMIT_BYTES)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise WebUnreachable(url=self._table.url, reason=str(error) or "it does not answer") from error
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if status != 200:
            reason = value.get("message") if isinstance(value, dict) else None
            raise WebRefused(url=self._table.url, status=status, reason=reason or "it gives no reason")
        return value

    # -- down -------------------------------------------------------------------------------------------------------

    def _settle(self, desired: Desired) -> None:
        """Web has these uses: they leave the outbox."""
        if desired.acknowledged_use:
            self._archive.index.acknowledge_ticket_uses(desired.acknowledged_use)

    def _keep(self, desired: Desired) -> None:
        """Remember it across restarts, and make the archive's holds those of web."""
        write_whole(self._path, json.dumps(desired.to_json(), ensure_ascii=False).encode())
        self._hold(desired.holds)

    def _hold(self, holds: tuple[Hold, ...]) -> None:
        index = self._archive.index
        wanted = {hold.id: ArchiveHold(hold.id, hold.camera, hold.from_us, hold.to_us, hold.reason) for hold in holds}
        present = {hold.id: hold for hold in index.holds()}
        for hold_id, hold in wanted.items():
            if present.get(hold_id) != hold:
                index.add_hold(hold)
        for hold_id in present.keys() - wanted.keys():
            index.remove_hold(hold_id)

    def _obey(self, desired: Desired) -> None:
        keys = {}
        for kid, text in desired.ticket_keys.items():
            try:
                keys[kid] = parse_public_key(text, f"web's ticket key {kid}")
            except Error as error:
                self._limiter.log(_log, logging.ERROR, f"key {kid}", str(error))
        self._node.tickets.obey(keys, desired.revoked)
        self._archive.set_retention(retention_under(self._node.config, desired))
        self._node.allow_sound(sound_under(self._node.config, desired))
        self._desired = desired

    def _recall(self) -> None:
        desired = remembered(self._path.parent)
        if desired is not None:
            self._is_enrolled = True
            self._obey(desired)


def remembered(state: Path) -> Desired | None:
    """What web wanted before the restart: known before the archive opens, for a floor of web's holds at once."""
    path = state / DESIRED_NAME
    try:
        return Desired.from_json(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, Error) as error:
        _log.error("what web wanted last is not known (%s): %s", path, error)
        return None


def retention_under(config: RecorderConfig, desired: Desired | None) -> RetentionRules:
    """The file's floors and ceilings under those of the regulation: a file cannot lower a floor or raise a ceiling."""
    retention = config.retention
    rules = RetentionRules(
        min_days=retention.min_days,
        max_days=retention.max_days,
        cameras={
            camera.id: CameraRetention(
                retention.min_days if camera.min_days is None else camera.min_days,
                retention.max_days if camera.max_days is None else camera.max_days,
            )
            for camera in config.camera
            if camera.min_days is not None or camera.max_days is not None
        },
    )
    wanted = desired.retention if desired is not None else None
    return rules if wanted is None else rules.within(wanted.min_days, wanted.max_days)


def sound_under(config: RecorderConfig, desired: Desired | None) -> bool:
    """Whether cameras whose file asks for sound may have it: a recorder of its own decides, one with web is told."""
    return desired.audio if desired is not None else config.control is None


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves the old one or the new one, never half of either."""
    draft = path.with_suffix(".new")
    with contextlib.closing(open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
