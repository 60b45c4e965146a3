"""Nothing below the floor or under a hold is ever planned for deletion; what is past the ceiling always is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nangmai.archive.retention import CameraRetention, Candidate, HeldSpan, RetentionRules, plan_deletion
from nangmai.base.units import US_PER_DAY

NOW_US = 1_790_000_000_000_000
CAMERAS = ("cam-01", "cam-02", "cam-03")

days = st.floats(0, 60, allow_nan=False)
moments = st.integers(NOW_US - 70 * US_PER_DAY, NOW_US)
candidates = st.builds(
    lambda camera, seq, start_us, length_us, size_bytes, volume: Candidate(
        f"{camera}.main", camera, seq, start_us, start_us + length_us, size_bytes, volume
    ),
    st.sampled_from(CAMERAS),
    st.integers(1, 10_000),
    moments,
    st.integers(1, US_PER_DAY),
    st.integers(1, 1 << 30),
    st.sampled_from(["a", "b"]),
)
holds = st.builds(
    lambda camera, from_us, length_us: HeldSpan(camera, from_us, from_us + length_us),
    st.sampled_from(CAMERAS),
    moments,
    st.integers(1, 10 * US_PER_DAY),
)
limits = st.tuples(days, st.none() | days).map(lambda pair: CameraRetention(*pair))
rules = st.builds(
    lambda of_all, cameras: RetentionRules(of_all.min_days, of_all.max_days, cameras),
    limits,
    st.dictionaries(st.sampled_from(CAMERAS), limits),
)
archives = st.lists(candidates, max_size=40)
needs = st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 1 << 34))


@given(archives, rules, st.lists(holds, max_size=4), needs)
def test_footage_below_the_floor_or_under_a_hold_is_never_deleted(
    archive: list[Candidate], rules: RetentionRules, holds: list[HeldSpan], needed: dict[str, int]
) -> None:
    plan = plan_deletion(archive, rules, holds, NOW_US, needed)
    for item, _ in plan.deletions:
        assert item.end_us <= NOW_US - rules.floor_us(item.camera)
        for hold in holds:
            assert hold.camera != item.camera or hold.to_us <= item.start_us or hold.from_us >= item.end_us


@given(archives, rules, st.lists(holds, max_size=4), needs)
def test_footage_past_the_ceiling_goes_unless_it_is_held(
    archive: list[Candidate], rules: RetentionRules, holds: list[HeldSpan], needed: dict[str, int]
) -> None:
    gone = [item for item, _ in plan_deletion(archive, rules, holds, NOW_US, needed).deletions]
    for item in archive:
        ceiling_us = rules.ceiling_us(item.camera)
        is_held = any(
            hold.camera == item.camera and hold.from_us < item.end_us and item.start_us < hold.to_us for hold in holds
        )
        if ceiling_us is not None and item.end_us <= NOW_US - ceiling_us and not is_held:
            assert item in gone


@given(archives, rules, st.lists(holds, max_size=4), needs)
def test_what_is_short_is_exactly_what_the_plan_does_not_free(
    archive: list[Candidate], rules: RetentionRules, holds: list[HeldSpan], needed: dict[str, int]
) -> None:
    plan = plan_deletion(archive, rules, holds, NOW_US, needed)
    for volume, bytes_needed in needed.items():
        freed = sum(item.size_bytes for item, _ in plan.deletions if item.volume == volume)
        assert plan.short_bytes.get(volume, 0) == max(0, bytes_needed - freed)


@given(archives, rules, needs)
def test_space_is_made_oldest_first_over_all_cameras_and_no_more_than_needed(
    archive: list[Candidate], rules: RetentionRules, needed: dict[str, int]
) -> None:
    plan = plan_deletion(archive, rules, [], NOW_US, needed)
    for volume in ("a", "b"):
        made = [item for item, reason in plan.deletions if reason == "space" and item.volume == volume]
        spared = [
            item
            for item in archive
            if item.volume == volume
            and item not in [gone for gone, _ in plan.deletions]
            and item.end_us <= NOW_US - rules.floor_us(item.camera)
        ]
        if made and spared:
            assert max(item.end_us for item in made) <= min(item.end_us for item in spared)
        if made:
            freed = sum(item.size_bytes for item, _ in plan.deletions if item.volume == volume)
            assert freed - made[-1].size_bytes < needed[volume]


def test_a_camera_may_differ_from_the_others_in_both_directions() -> None:
    rules = RetentionRules(20, 30, {"cam-02": CameraRetention(90, None), "cam-03": CameraRetention(1, 2)})
    old = [
        Candidate(f"{camera}.main", camera, 1, NOW_US - 50 * US_PER_DAY, NOW_US - 49 * US_PER_DAY, 100, "a")
        for camera in CAMERAS
    ]
    young = Candidate("cam-03.main", "cam-03", 2, NOW_US - 4 * US_PER_DAY, NOW_US - 3 * US_PER_DAY, 100, "a")
    gone = {item.camera for item, _ in plan_deletion([*old, young], rules, [], NOW_US, {"a": 10_000}).deletions}
    assert gone == {"cam-01", "cam-03"}


def test_a_ceiling_below_the_floor_counts_as_the_floor() -> None:
    assert RetentionRules(20, 10).ceiling_us("cam-01") == 20 * US_PER_DAY


@given(days, days, days, st.none() | days)
def test_other_rules_can_only_raise_the_floor_and_lower_the_ceiling(
    own_min: float, own_max: float, min_days: float, max_days: float | None
) -> None:
    own = RetentionRules(own_min, own_max, {"cam-02": CameraRetention(own_min / 2, None)})
    both = own.within(min_days, max_days)
    for camera in CAMERAS:
        assert both.floor_us(camera) == max(own.floor_us(camera), int(min_days * US_PER_DAY))
        ceiling_us = both.ceiling_us(camera)
        assert ceiling_us is None or ceiling_us >= both.floor_us(camera)
        if max_days is not None:
            assert ceiling_us is not None
            assert ceiling_us <= max(int(max_days * US_PER_DAY), both.floor_us(camera))
