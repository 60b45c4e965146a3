"""Where the cameras of the demonstration school hang: 78 of them, in a tree of areas, on three recorders.

The one list of these places: the simulator draws their scenes, recorders name them in their files, web arranges them.
"""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A camera's name and area as a person would write them, and the scene it sees."""

    name: str
    area: str  #: its path in the tree, as reports write it
    scene: str
    quiet_share: float = 0.5  #: of the day, for the simulated scene


class AreaOf(NamedTuple):
    """An area of the school; one that is not named for its parent stands at the top."""

    name: str
    kind: str
    parent: str = ""
    unit: str = ""  #: the name of the unit that answers for it
    purposes: tuple[str, ...] = ()


SECURITY, OFFICE, CLASSES, KITCHEN = "Tổ bảo vệ", "Văn phòng", "Khối lớp", "Tổ nuôi dưỡng"

AREAS = (
    AreaOf("Cổng trường", "gate", unit=SECURITY, purposes=("P1",)),
    AreaOf("Sân trường", "yard", unit=SECURITY, purposes=("P1",)),
    AreaOf("Dãy A", "building", unit=CLASSES, purposes=("P1", "P2")),
    AreaOf("Tầng 2 dãy A", "floor", "Dãy A"),
    AreaOf("Dãy B", "building", unit=CLASSES, purposes=("P1", "P2")),
    AreaOf("Tầng 2 dãy B", "floor", "Dãy B"),
    AreaOf("Nhà ăn", "building", unit=KITCHEN, purposes=("P1", "P2")),
    AreaOf("Khu hành chính", "building", unit=OFFICE, purposes=("P1", "P3")),
    AreaOf("Tường rào", "yard", unit=SECURITY, purposes=("P1",)),
)

#: the first ones are what is simulated on a small machine: something of everything
_VARIED = (
    Place("Cổng chính", "Cổng trường", "gate"),
    Place("Sân chơi", "Sân trường", "playground", 0.35),
    Place("Lớp Mầm 1", "Dãy A", "classroom", 0.4),
    Place("Sân trước", "Sân trường", "courtyard"),
    Place("Hành lang A", "Dãy A", "corridor", 0.6),
    Place("Phòng ăn", "Nhà ăn", "dining"),
    Place("Bếp", "Nhà ăn", "kitchen"),
    Place("Phòng nhạc", "Dãy B", "music_room"),
    Place("Nhà xe", "Cổng trường", "parking", 0.7),
    Place("Cầu thang B", "Dãy B", "stairs", 0.65),
    Place("Phòng ngủ", "Dãy B", "nap_room", 0.85),
    Place("Lớp Chồi 2", "Dãy B", "classroom", 0.4),
    Place("Cổng phụ", "Cổng trường", "gate", 0.75),
    Place("Sân sau", "Sân trường", "playground", 0.6),
    Place("Hành lang B", "Dãy B", "corridor", 0.7),
    Place("Lớp Lá 1", "Dãy A", "classroom"),
)
UPSTAIRS_A, UPSTAIRS_B = "Dãy A / Tầng 2 dãy A", "Dãy B / Tầng 2 dãy B"
PLACES = (
    *_VARIED,
    *(Place(f"Lớp Mầm {number}", "Dãy A", "classroom", 0.4) for number in range(2, 5)),
    *(Place(f"Lớp Lá {number}", UPSTAIRS_A, "classroom") for number in range(2, 6)),
    *(Place(f"Lớp Chồi {number}", UPSTAIRS_B if number > 3 else "Dãy B", "classroom", 0.4) for number in (1, 3, 4, 5)),
    *(Place(f"Lớp Nhà trẻ {number}", "Dãy A", "classroom", 0.45) for number in range(1, 4)),
    *(Place(f"Phòng ngủ {number}", UPSTAIRS_B, "nap_room", 0.85) for number in range(2, 5)),
    *(Place(f"Hành lang tầng 2 dãy A, đầu {side}", UPSTAIRS_A, "corridor", 0.7) for side in ("đông", "tây")),
    *(Place(f"Hành lang tầng 2 dãy B, đầu {side}", UPSTAIRS_B, "corridor", 0.7) for side in ("đông", "tây")),
    *(Place(f"Cầu thang A {number}", "Dãy A", "stairs", 0.65) for number in (1, 2)),
    *(Place(f"Cầu thang B {number}", "Dãy B", "stairs", 0.65) for number in (2, 3)),
    Place("Phòng thể chất", UPSTAIRS_B, "music_room"),
    Place("Phòng mỹ thuật", UPSTAIRS_A, "classroom"),
    Place("Thư viện", UPSTAIRS_A, "classroom", 0.6),
    *(Place(f"Phòng ăn {number}", "Nhà ăn", "dining") for number in (2, 3)),
    *(Place(name, "Nhà ăn", "kitchen") for name in ("Bếp chia thức ăn", "Khu sơ chế")),
    *(Place(name, "Nhà ăn", "corridor", 0.8) for name in ("Kho thực phẩm", "Cửa nhận hàng nhà bếp")),
    *(Place(f"Sân chơi {number}", "Sân trường", "playground", 0.4) for number in range(2, 5)),
    *(Place(name, "Sân trường", "courtyard") for name in ("Vườn rau", "Sân khấu ngoài trời", "Sân bể vầy")),
    *(Place(name, "Cổng trường", "gate", 0.7) for name in ("Cổng chính, chiều ra", "Cổng nhà bếp")),
    *(Place(f"Nhà xe {number}", "Cổng trường", "parking", 0.7) for number in (2, 3)),
    *(
        Place(name, "Khu hành chính", "corridor", 0.6)
        for name in ("Sảnh văn phòng", "Hành lang hành chính", "Cửa phòng kế toán", "Cửa phòng y tế", "Phòng máy chủ")
    ),
    Place("Cửa phòng họp", "Khu hành chính", "corridor", 0.8),
    *(
        Place(f"Tường rào {side}, {part}", "Tường rào", "courtyard", 0.9)
        for side in ("bắc", "nam", "đông", "tây")
        for part in ("đoạn 1", "đoạn 2")
    ),
    *(Place(f"Góc tường rào {side}", "Tường rào", "courtyard", 0.9) for side in ("đông bắc", "tây nam")),
    *(Place(name, "Tường rào", "parking", 0.9) for name in ("Trạm điện", "Nhà rác")),
)

CHANNELS = 32  #: of each recorder
RECORDERS = ("nvr-1", "nvr-2", "nvr-3")


def camera_id(number: int) -> str:
    """The id of the camera at a place, counted from 0."""
    return f"cam-{number + 1:02d}"


def recorder_of(number: int) -> str:
    """Which recorder has the camera: the first is full before the second gets one."""
    return RECORDERS[min(number // CHANNELS, len(RECORDERS) - 1)]
