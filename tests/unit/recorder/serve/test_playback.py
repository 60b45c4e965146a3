"""Playback by time, over a real archive that real pictures were recorded into."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import av
import pytest

from nangmai.base.units import US_PER_S
from nangmai.media.isobmff import parse_moof, parse_prft
from nangmai.media.isobmff.boxes import walk
from unit.recorder.serve.stand import Stand, clip, noisy, run, stand

BASE = "/playback/cam-01/main"


def decoded(*parts: bytes) -> int:
    """How many pictures a decoder gets out of the parts, joined."""
    with av.open(io.BytesIO(b"".join(parts))) as container:
        return sum(1 for _ in container.decode(video=0))


async def body(response: Any) -> bytes:
    assert response.status == 200, await response.text()
    data: bytes = await response.read()
    return data


async def index(st: Stand, from_us: int | None = None, to_us: int | None = None, base: str = BASE) -> dict[str, Any]:
    """The index of a period; all there is unless told otherwise."""
    from_us, to_us = from_us or st.start_us, to_us or st.clock.wall_us() + US_PER_S
    answer: dict[str, Any] = json.loads(await body(await st.get(f"{base}/index?from={from_us}&to={to_us}")))
    return answer


def test_the_index_tells_every_fragment_and_the_open_segment_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(65)
            answer = await index(st)
            assert [segment["open"] for segment in answer["segments"]] == [False, True]
            first, second = answer["segments"]
            assert first["start_us"] == st.start_us
            assert first["end_us"] == second["start_us"]
            assert len(first["fragments"]) == 60
            number, start_us, duration_us, size, key_size, pictures, flags = first["fragments"][7]
            assert (number, start_us - st.start_us, duration_us, pictures, flags & 1) == (
                7,
                7_000_000,
                1_000_000,
                10,
                1,
            )
            assert 0 < key_size < size
            assert key_size == len(clip()[10].data)
            video = answer["inits"][first["init"]]
            assert video == {"mime": video["mime"], "codec": "h264", "width": 160, "height": 96, "fps": 10.0}
            assert "next_us" not in answer

    run(scenario())


def test_a_part_of_a_period_gets_the_gops_that_touch_it_and_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(20, pictures=clip(pictures=80, gop=40))
            answer = await index(st, st.start_us + 5_500_000, st.start_us + 9_200_000)
            numbers = [fragment[0] for fragment in answer["segments"][0]["fragments"]]
            starts = [fragment[1] - st.start_us for fragment in answer["segments"][0]["fragments"]]
            assert starts[0] == 4_000_000
            assert starts[-1] < 9_200_000
            assert numbers == list(range(numbers[0], numbers[-1] + 1))

    run(scenario())


def test_init_and_units_decode_to_every_picture_recorded(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(8)
            segment = (await index(st))["segments"][0]
            init = await st.get(f"{BASE}/init/{segment['init']}.mp4")
            units = await st.get(f"{BASE}/{segment['seq']}/2-4.m4s")
            assert decoded(await body(init), await body(units)) == 30
            assert "immutable" in init.headers["Cache-Control"]
            assert "immutable" in units.headers["Cache-Control"]
            sizes = [fragment[3] for fragment in segment["fragments"]]
            assert len(await units.read()) == sum(sizes[2:5])

    run(scenario())


def test_a_large_range_comes_in_pieces_and_is_the_same_as_on_the_disk(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(30, pictures=noisy())
            segment = st.archive.index.segment("cam-01.main", 1) or st.archive.index.segment("cam-01.main", 0)
            assert segment is not None
            last = len(segment.fragments) - 1
            offset, size = segment.byte_range(0, last)
            assert size > 2 << 20
            response = await st.get(f"{BASE}/{segment.seq}/0-{last}.m4s")
            assert await body(response) == segment.path.read_bytes()[offset : offset + size]
            head = await st.get(f"{BASE}/{segment.seq}/0-{last}.m4s", method="HEAD")
            assert (head.status, head.headers["Content-Length"]) == (200, str(size))
            ranged = await st.get(f"{BASE}/{segment.seq}/0-{last}.m4s", headers={"Range": "bytes=0-9"})
            assert len(await body(ranged)) == size

    run(scenario())


def test_a_key_unit_is_one_picture_that_lasts_its_gop_at_its_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(20, pictures=clip(pictures=80, gop=40))
            segment = (await index(st))["segments"][0]
            keys = [fragment for fragment in segment["fragments"] if fragment[6] & 1]
            number, start_us = keys[2][0], keys[2][1]
            unit = await body(await st.get(f"{BASE}/{segment['seq']}/{number}.key.m4s"))
            boxes = {found.type: found for found in walk(unit)}
            reference = parse_prft(unit[boxes[b"prft"].payload : boxes[b"prft"].end])
            moof = parse_moof(unit[boxes[b"moof"].start : boxes[b"moof"].end])
            assert (reference.wall_us, reference.media_time) == (start_us, moof.runs[0].base_decode_time)
            assert [sample.duration for sample in moof.runs[0].samples] == [4 * 90_000]
            init = await body(await st.get(f"{BASE}/init/{segment['init']}.mp4"))
            assert decoded(init, unit) == 1
            nothing = await st.get(f"{BASE}/{segment['seq']}/{number + 1}.key.m4s")
            assert (nothing.status, (await nothing.json())["error"]) == (404, "not_found")
            same = await st.get(f"{BASE}/frame?at={start_us + 3_900_000}")
            assert await body(same) == unit
            assert same.headers["Content-Location"] == f"{segment['seq']}/{number}.key.m4s"
            assert same.headers["X-Nangmai-Init"] == segment["init"]

    run(scenario())


def test_a_gop_that_runs_over_two_files_is_found_from_its_key_picture(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            long = [picture for picture in clip(pictures=1400, gop=2000)]
            st.record(139, pictures=long)
            answer = await index(st, st.start_us + 130 * US_PER_S, st.start_us + 131 * US_PER_S)
            assert len(answer["segments"]) == 2
            assert answer["segments"][0]["fragments"][0][6] & 1
            assert not answer["segments"][1]["fragments"][0][6] & 1
            frame = await st.get(f"{BASE}/frame?at={st.start_us + 130 * US_PER_S}")
            assert frame.headers["Content-Location"] == f"{answer['segments'][0]['seq']}/0.key.m4s"

    run(scenario())


def test_gaps_are_told_with_their_causes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(5)
            st.ingest().on_state("no_signal", None)
            st.clock.advance(10 * US_PER_S)
            st.archive.flush()
            answer = await index(st, st.start_us, st.clock.wall_us())
            assert answer["gaps"][-1]["cause"] == "no_signal"
            assert answer["gaps"][-1]["end_us"] == st.clock.wall_us()
            timeline = await st.get(f"/playback/cam-01/timeline?from={st.start_us}&to={st.clock.wall_us()}&buckets=15")
            row = json.loads(await body(timeline))
            assert (row["bucket_us"], len(row["activity"])) == (US_PER_S, 15)
            assert [value is not None for value in row["activity"]] == [True] * 5 + [False] * 10
            assert row["recorded"] == [[st.start_us, st.start_us + 5 * US_PER_S]]
            day = json.loads(await body(await st.get(
                f"/playback/cam-01/completeness?from={st.start_us}&to={st.clock.wall_us()}&zone=Asia/Ho_Chi_Minh"
            )))  # fmt: skip
            assert sum(row["recorded_us"] for row in day) == 5 * US_PER_S
            assert sum(row["expected_us"] for row in day) == 15 * US_PER_S
            assert sum(row["gaps"]["no_signal"] for row in day if row["gaps"]) == 10 * US_PER_S

    run(scenario())


@pytest.mark.parametrize("hours", [1, 30])
def test_a_timeline_of_hours_and_of_days_show_the_same_recorded_time(tmp_path: Path, hours: int) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(130)
            to_us = st.start_us + hours * 3600 * US_PER_S
            ticket = st.ticket(to_us=to_us)
            row = json.loads(await body(await st.get(
                f"/playback/cam-01/timeline?from={st.start_us}&to={to_us}", ticket=ticket
            )))  # fmt: skip
            assert [[end - start for start, end in row["recorded"]], row["recorded"][0][0]] == [
                [129_000_000],
                st.start_us,
            ]
            assert len(row["activity"]) <= 800

    run(scenario())


def test_the_hls_playlist_plays_every_picture(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(65)
            st.stop()
            token = st.ticket()
            address = f"{BASE}.m3u8?from={st.start_us}&to={st.clock.wall_us()}&ticket={token}"
            text = (await body(await st.get(address, ticket=None))).decode()
            assert text.count("#EXT-X-DISCONTINUITY") == 1
            assert text.endswith("#EXT-X-ENDLIST\n")
            init = next(line for line in text.splitlines() if "EXT-X-MAP" in line).split('"')[1]
            parts = [await body(await st.get(f"/playback/cam-01/{init}", ticket=None))]
            pictures = 0
            for line in text.splitlines():
                if line and not line.startswith("#"):
                    part = await body(await st.get(f"/playback/cam-01/{line}", ticket=None))
                    pictures += decoded(parts[0], part)
            assert pictures == 650

    run(scenario())


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """The framing of `/playback/multi`."""
    found, at = [], 0
    while at < len(data):
        slot, length = struct.unpack_from(">HI", data, at)
        found.append((slot, data[at + 6 : at + 6 + length]))
        at += 6 + length
    assert at == len(data)
    return found


async def multi(st: Stand, **changes: Any) -> list[tuple[int, bytes]]:
    """What `/playback/multi` answers for two cameras."""
    cameras = {3: "cam-01", 5: "cam-02"}
    request = {
        "from_us": st.start_us, "to_us": st.clock.wall_us(), "mode": "full", "ticket": st.ticket(),
        "streams": [{"slot": slot, "camera": camera, "stream": "main"} for slot, camera in cameras.items()],
    }  # fmt: skip
    return frames(await body(await st.get("/playback/multi", None, method="POST", json=request | changes)))


def test_several_cameras_come_interleaved_by_time_and_decode(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(125, ("cam-01", "main"), ("cam-02", "main"))
            st.stop()
            found = await multi(st)
            for slot in (3, 5):
                payloads = [payload for number, payload in found if number == slot]
                assert [payload[4:8] for payload in payloads[:2]] == [b"ftyp", b"prft"]
                assert sum(payload[4:8] == b"ftyp" for payload in payloads) == 1
                assert decoded(*payloads[:61]) == 600
                assert len(payloads) == 126
            starts = [parse_prft(payload[8:32]).wall_us for _, payload in found if payload[4:8] == b"prft"]
            assert starts == sorted(starts)

    run(scenario())


def test_scrubbing_gets_key_pictures_alone_as_sparse_as_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(60, ("cam-01", "main"), ("cam-02", "main"))
            keys = [payload for slot, payload in await multi(st, mode="key") if slot == 3 and payload[4:8] == b"prft"]
            assert len(keys) == 59
            few = [payload for slot, payload in await multi(st, mode="key", every_us=20 * US_PER_S) if slot == 3]
            assert [payload[4:8] for payload in few] == [b"ftyp", b"prft", b"prft", b"prft"]
            assert [parse_prft(payload[8:32]).wall_us - st.start_us for payload in few[1:]] == [
                0,
                20_000_000,
                40_000_000,
            ]

    run(scenario())


def test_a_still_is_a_jpeg_of_the_size_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(5)
            still = await st.get(f"{BASE}.jpg?at={st.start_us + 2_500_000}&width=80")
            with av.open(io.BytesIO(await body(still))) as container:
                frame = next(container.decode(video=0))
            assert (still.content_type, frame.width, frame.height) == ("image/jpeg", 80, 48)
            live = await st.get("/live/cam-01.jpg?stream=main", st.ticket("live"))
            again = await st.get("/live/cam-01.jpg?stream=main", st.ticket("live"))
            assert (await body(live))[:2] == b"\xff\xd8"
            assert await again.read() == await live.read()

    run(scenario())


def test_an_export_is_lossless_and_begins_with_the_key_picture_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(125)
            st.stop()
            from_us, to_us = st.start_us + 10_500_000, st.start_us + 70_000_000
            response = await st.get(f"/export/cam-01/main.mp4?from={from_us}&to={to_us}", st.ticket("export"))
            data = await body(response)
            assert len(data) == int(response.headers["Content-Length"])
            with av.open(io.BytesIO(data)) as container:
                packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
            pictures = [picture.data for picture in clip()]
            assert packets == [pictures[number % 20] for number in range(100, 700)]
            assert decoded(data) == 600
            refused = await st.get(f"/export/cam-01/main.mp4?from={from_us}&to={to_us}", st.ticket("playback"))
            assert (refused.status, (await refused.json())["error"]) == (403, "ticket_too_narrow")

    run(scenario())


def test_live_hls_plays_from_memory(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(1.5)
            token = st.ticket("live")
            waiting = await st.begin(f"/live/cam-01/main.m3u8?ticket={token}")
            st.record(2.6)
            text = await (await waiting).text()
            names = [line.split('"')[1] if "MAP" in line else line for line in text.splitlines()
                     if line[:1] != "#" or "MAP" in line]  # fmt: skip
            assert len(names) == 4
            parts = [await body(await st.get(f"/live/cam-01/{name}", None)) for name in names]
            assert decoded(*parts) == 30
            gone = await st.get(f"/live/cam-01/main/99.m4s?ticket={token}", None)
            assert gone.status == 404

    run(scenario())


def test_the_inventory_names_the_cameras_of_the_ticket_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            st.record(10, ("cam-01", "main"), ("cam-02", "main"))
            answer = json.loads(await body(await st.get("/inventory", st.ticket("live", cameras=("cam-01",)))))
            (camera,) = answer["cameras"]
            assert (answer["recorder"], camera["id"]) == ("nvr-1", "cam-01")
            assert camera["streams"]["main"]["width"] == 160
            assert camera["streams"]["main"]["oldest_us"] == st.start_us
            assert (await st.get("/inventory", None)).status == 403

    run(scenario())


def test_health_clock_and_metrics_need_no_ticket_and_name_nobody(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with stand(tmp_path) as st:
            health = json.loads(await body(await st.get("/health", None)))
            assert set(health) == {"state", "recorder", "uptime_s", "cameras", "recording"}
            assert json.loads(await body(await st.get("/clock", None))) == {"clock_us": st.clock.wall_us()}
            assert (await st.get("/metrics", None)).status == 200

    run(scenario())
