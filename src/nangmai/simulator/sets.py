"""The places, without people: flat drawings in 1280x720 units, one function a place."""

from __future__ import annotations

from nangmai.simulator.drawing import Canvas, Colour

SKY: Colour = (178, 216, 240)
GRASS: Colour = (146, 190, 110)
SAND: Colour = (232, 206, 150)
WOOD: Colour = (196, 148, 96)
SOFT: Colour = (40, 50, 40, 60)


def playground(canvas: Canvas) -> None:
    """A slide, swings and a sandpit under trees."""
    _outdoors(canvas, horizon=250)
    canvas.box(0, 150, 1280, 262, (244, 226, 190))
    canvas.box(0, 138, 1280, 156, (214, 92, 72))
    for x in range(60, 1280, 170):
        canvas.box(x, 176, x + 84, 232, (150, 196, 220), 4)
    for x, y, size in ((110, 250, 1.0), (1170, 260, 1.15)):
        _tree(canvas, x, y, size)
    canvas.disc(330, 640, 250, (210, 182, 126), 74)
    canvas.disc(330, 634, 240, SAND, 66)
    canvas.disc(860, 600, 230, SOFT, 26)
    canvas.box(770, 300, 788, 590, (228, 170, 62))
    canvas.box(836, 300, 854, 590, (228, 170, 62))
    canvas.shape((206, 72, 66), (750, 300), (812, 240), (874, 300))
    canvas.shape((78, 154, 210), (850, 372), (1010, 590), (1066, 590), (878, 356))
    canvas.box(780, 372, 848, 384, WOOD)
    for step in range(420, 590, 34):
        canvas.line((176, 124, 46), 6, (788, step), (836, step))
    _swings(canvas, 470, 310)


def _swings(canvas: Canvas, x: float, y: float) -> None:
    canvas.line((92, 120, 150), 10, (x, y), (x + 180, y))
    for foot in (x - 24, x + 20, x + 160, x + 204):
        canvas.line((92, 120, 150), 8, (x if foot < x + 90 else x + 180, y), (foot, y + 190))
    for seat in (x + 50, x + 120):
        canvas.line((60, 60, 60), 2, (seat - 14, y), (seat - 14, y + 134))
        canvas.line((60, 60, 60), 2, (seat + 14, y), (seat + 14, y + 134))
        canvas.box(seat - 20, y + 132, seat + 20, y + 140, (214, 92, 72), 3)


def gate(canvas: Canvas) -> None:
    """The school gate from inside, the street behind it."""
    _outdoors(canvas, horizon=300)
    canvas.box(0, 300, 1280, 372, (150, 152, 158))
    for x in range(40, 1280, 140):
        canvas.box(x, 334, x + 70, 340, (226, 226, 220))
    canvas.box(0, 372, 1280, 720, (206, 200, 188))
    for y in range(430, 720, 70):
        canvas.line((190, 184, 172), 3, (0, y), (1280, y))
    for left, right in ((0, 330), (950, 1280)):
        canvas.box(left, 200, right, 420, (246, 232, 196))
        canvas.box(left, 190, right, 208, (206, 84, 66))
        for x in range(left + 24, right - 40, 62):
            canvas.box(x, 250, x + 34, 380, (228, 208, 160), 16)
    for x in (330, 910):
        canvas.box(x, 150, x + 40, 430, (222, 120, 84))
        canvas.box(x - 8, 140, x + 48, 160, (176, 84, 60))
    canvas.box(350, 96, 930, 156, (52, 110, 168), 10)
    for x, colour in zip(range(420, 900, 84), ((250, 214, 90), (240, 120, 96), (130, 206, 140)) * 2, strict=False):
        canvas.disc(x, 126, 17, colour)
    for x in range(380, 460, 20):
        canvas.line((70, 96, 120), 6, (x, 230), (x, 430))
    _tree(canvas, 1120, 220, 0.8)


def courtyard(canvas: Canvas) -> None:
    """A paved yard with a flag pole and flower beds."""
    _outdoors(canvas, horizon=230)
    canvas.box(0, 60, 1280, 300, (250, 236, 204))
    canvas.box(0, 44, 1280, 66, (84, 140, 176))
    for x in range(40, 1240, 150):
        canvas.box(x, 110, x + 96, 190, (164, 206, 226), 4)
        canvas.line((255, 255, 255), 4, (x + 48, 110), (x + 48, 190))
    canvas.box(560, 150, 720, 300, (136, 92, 64), 6)
    canvas.box(636, 160, 644, 300, (110, 72, 48))
    canvas.box(0, 300, 1280, 720, (222, 208, 184))
    for row, y in enumerate((330, 376, 440, 530, 650)):
        canvas.line((206, 190, 164), 3, (0, y), (1280, y))
        for x in range(-400 + row * 37, 1500, 130 + row * 26):
            canvas.line((206, 190, 164), 2, (x, y), (x + (x - 640) * 0.16, y + 46 + row * 24))
    for x in (40, 1000):
        canvas.box(x, 306, x + 240, 346, (176, 112, 78), 8)
        for flower in range(int(x) + 16, int(x) + 230, 22):
            canvas.disc(flower, 302 - flower % 3 * 5, 11, ((238, 96, 110), (250, 206, 80), (236, 240, 246))[flower % 3])
    canvas.line((190, 194, 200), 7, (880, 70), (880, 360))
    canvas.box(884, 74, 968, 130, (214, 50, 48))
    canvas.disc(926, 102, 13, (252, 220, 70))


def corridor(canvas: Canvas) -> None:
    """A corridor in perspective, doors left, windows right."""
    canvas.shape((236, 232, 222), (0, 0), (1280, 0), (800, 230), (480, 230))
    canvas.shape((214, 190, 150), (0, 720), (1280, 720), (800, 400), (480, 400))
    canvas.shape((250, 238, 208), (0, 0), (480, 230), (480, 400), (0, 720))
    canvas.shape((230, 240, 236), (1280, 0), (800, 230), (800, 400), (1280, 720))
    canvas.box(480, 230, 800, 400, (206, 226, 214))
    canvas.box(570, 256, 710, 400, (120, 170, 190), 4)
    canvas.line((236, 244, 246), 4, (640, 256), (640, 400))
    for number, colour in enumerate(((226, 120, 90), (110, 160, 200), (240, 190, 84))):
        near, far = 40 + number * 160, 150 + number * 140
        canvas.shape(colour, *_wall_quad(near, far, 0.26, 1.0))
        canvas.shape((255, 255, 255, 90), *_wall_quad(near + 18, far - 14, 0.34, 0.6))
    for number in range(3):
        near, far = 1240 - number * 160, 1130 - number * 140
        canvas.shape((184, 222, 244), *_wall_quad(1280 - near, 1280 - far, 0.16, 0.6, right=True))
        sun = ((near - 190, 690 - number * 100), (near, 700 - number * 100))
        canvas.shape((255, 246, 206, 90), *sun, (far - 40, 620 - number * 76), (far - 190, 612 - number * 76))
    for x in (640,):
        canvas.disc(x, 100, 80, (255, 252, 236), 16)
        canvas.disc(x, 190, 40, (255, 252, 236), 8)


def _wall_quad(near: float, far: float, top: float, bottom: float, *, right: bool = False) -> list[tuple[float, float]]:
    """A quadrilateral on the left (or mirrored) wall of the corridor, top and bottom as shares of the wall's height."""

    def at(x: float, share: float) -> tuple[float, float]:
        ceiling, floor = x * 230 / 480, 720 - x * 320 / 480
        return (1280 - x if right else x), ceiling + (floor - ceiling) * share

    return [at(near, top), at(far, top), at(far, bottom), at(near, bottom)]


def classroom(canvas: Canvas) -> None:
    """Low tables, a board, drawings on the wall."""
    _room(canvas, (252, 240, 206), (220, 184, 136), 300)
    canvas.box(420, 70, 860, 236, (70, 120, 96), 6)
    canvas.box(420, 236, 860, 248, WOOD)
    canvas.line((240, 244, 236), 4, (460, 200), (520, 130), (580, 190), (640, 120))
    canvas.disc(760, 130, 26, (250, 226, 120))
    _windows(canvas, 40, 90, 1)
    canvas.disc(330, 130, 50, (255, 252, 240))
    canvas.line((60, 60, 70), 5, (330, 96), (330, 130), (354, 142))
    for number, x in enumerate(range(920, 1240, 84)):
        colour = ((226, 120, 90), (120, 180, 210), (140, 190, 120), (240, 200, 90))[number]
        canvas.box(x, 96, x + 66, 160, (255, 255, 255))
        canvas.disc(x + 33, 128, 20, colour)
    canvas.box(940, 200, 1240, 330, (206, 160, 108), 6)
    for shelf in (240, 284):
        canvas.box(950, shelf, 1230, shelf + 6, (168, 124, 78))
    for number, x in enumerate(range(960, 1220, 40)):
        toy, y = ((214, 92, 72), (246, 190, 80), (92, 160, 210))[number % 3], 210 + number % 2 * 44
        canvas.box(x, y, x + 28, y + 30, toy, 3)
    for x, y in ((300, 480), (660, 480), (1010, 480), (460, 630), (860, 630)):
        _table(canvas, x, y)


def kitchen(canvas: Canvas) -> None:
    """The kitchen: steel tops, pots, a fridge."""
    _room(canvas, (228, 238, 238), (190, 198, 200), 330)
    for x in range(0, 1280, 64):
        canvas.line((208, 222, 222), 2, (x, 0), (x, 330))
    for y in range(40, 330, 58):
        canvas.line((208, 222, 222), 2, (0, y), (1280, y))
    canvas.box(60, 60, 250, 430, (240, 244, 246), 10)
    canvas.line((190, 200, 206), 4, (60, 210), (250, 210))
    canvas.box(228, 130, 236, 190, (150, 160, 168))
    canvas.box(300, 300, 1240, 330, (176, 188, 196))
    canvas.box(300, 330, 1240, 450, (214, 222, 228))
    for x in range(320, 1230, 154):
        canvas.box(x, 344, x + 134, 440, (196, 206, 214), 4)
    canvas.shape((200, 210, 216), (560, 60), (860, 60), (910, 150), (510, 150))
    for x, colour in ((590, (120, 130, 140)), (700, (206, 84, 66)), (810, (120, 130, 140))):
        canvas.box(x, 250, x + 88, 302, colour, 8)
        canvas.box(x - 10, 256, x + 98, 264, (80, 86, 94), 4)
    _windows(canvas, 960, 90, 1)
    canvas.box(430, 560, 930, 590, (186, 196, 204), 4)
    canvas.box(450, 590, 910, 690, (206, 214, 220), 4)
    for x, colour in ((500, (112, 178, 90)), (560, (240, 150, 60)), (800, (226, 88, 72))):
        canvas.disc(x, 556, 24, colour, 14)


def dining(canvas: Canvas) -> None:
    """Long tables set for lunch."""
    _room(canvas, (252, 232, 214), (206, 168, 128), 280)
    _windows(canvas, 90, 70, 5)
    for y, left, right in ((430, 240, 1040), (590, 110, 1170)):
        canvas.box(left + 20, y + 20, right - 20, y + 70, SOFT, 20)
        canvas.box(left, y, right, y + 34, (246, 236, 220), 10)
        canvas.box(left, y + 30, right, y + 42, (206, 180, 150), 6)
        for number, x in enumerate(range(left + 60, right - 30, 110)):
            canvas.disc(x, y + 15, 24, (255, 255, 255), 9)
            canvas.disc(x, y + 14, 14, ((240, 180, 80), (150, 190, 100), (226, 120, 96))[number % 3], 5)


def nap_room(canvas: Canvas) -> None:
    """Curtains drawn, mats in rows."""
    _room(canvas, (150, 156, 190), (126, 112, 128), 260)
    for x in (160, 520, 880):
        canvas.box(x, 50, x + 250, 220, (96, 104, 150))
        for fold in range(x + 14, x + 250, 32):
            canvas.line((84, 92, 138), 6, (fold, 50), (fold, 220))
        canvas.box(x - 10, 42, x + 260, 54, (90, 80, 90))
    for row, y in enumerate((340, 470, 610)):
        for number in range(5):
            x = 130 + number * 220 + row * 18
            colour: Colour = ((120, 150, 190), (180, 140, 170), (150, 170, 140))[(number + row) % 3]
            canvas.box(x, y, x + 170, y + 56 + row * 6, colour, 14)
            canvas.disc(x + 26, y + 22, 22, (226, 226, 236), 16)
            canvas.disc(x + 30, y + 18, 15, (60, 46, 48))
            canvas.disc(x + 33, y + 22, 12, (216, 176, 150))


def stairs(canvas: Canvas) -> None:
    """The foot of the stairs with shoe shelves."""
    _room(canvas, (244, 236, 214), (196, 180, 150), 340)
    for step in range(9):
        y = 420 - step * 40
        canvas.box(700 + step * 22, y, 1280, y + 44, (214 - step * 5, 176 - step * 4, 130 - step * 3))
        canvas.box(700 + step * 22, y, 1280, y + 8, (236, 206, 164))
    canvas.line((150, 100, 70), 12, (690, 330), (900, -20))
    for post in range(5):
        canvas.line((170, 120, 84), 5, (702 + post * 48, 310 - post * 78), (702 + post * 48, 420 - post * 78))
    canvas.box(70, 240, 560, 420, (206, 160, 108), 6)
    for y in (256, 340):
        for number, x in enumerate(range(86, 540, 66)):
            canvas.box(x, y, x + 52, y + 70, (176, 130, 82), 4)
            canvas.disc(x + 16, y + 58, 11, ((214, 92, 72), (92, 160, 210), (246, 190, 80))[number % 3], 8)
            canvas.disc(x + 38, y + 58, 11, ((214, 92, 72), (92, 160, 210), (246, 190, 80))[number % 3], 8)
    canvas.box(240, 80, 400, 190, (255, 255, 255), 6)
    canvas.disc(320, 134, 40, (146, 190, 220))


def parking(canvas: Canvas) -> None:
    """Scooters under a roof, the drive before them."""
    _outdoors(canvas, horizon=210)
    canvas.box(0, 210, 1280, 720, (168, 170, 174))
    canvas.box(60, 140, 1220, 166, (92, 130, 158))
    for x in range(90, 1220, 220):
        canvas.box(x, 160, x + 12, 360, (120, 126, 134))
    canvas.shape(SOFT, (60, 360), (1220, 360), (1250, 410), (90, 410))
    for number, x in enumerate(range(120, 1160, 74)):
        colour = ((206, 72, 66), (66, 110, 170), (60, 62, 70), (230, 232, 234), (90, 150, 110))[number % 5]
        canvas.disc(x + 18, 372, 15, (36, 38, 44))
        canvas.disc(x + 18, 316, 13, (36, 38, 44))
        canvas.box(x + 5, 304, x + 31, 366, colour, 10)
        canvas.line((60, 62, 70), 5, (x, 304), (x + 36, 304))
    for x in range(60, 1280, 200):
        canvas.shape((230, 230, 224), (x, 440), (x + 8, 440), (x - 52, 560), (x - 62, 560))
    canvas.line((236, 206, 80), 6, (0, 580), (1280, 580))
    _tree(canvas, 1190, 170, 0.7)


def music_room(canvas: Canvas) -> None:
    """A round carpet, a piano and an aquarium."""
    _room(canvas, (232, 226, 246), (214, 186, 146), 310)
    _windows(canvas, 520, 80, 2)
    canvas.disc(640, 540, 420, (150, 176, 214), 130)
    canvas.disc(640, 540, 330, (246, 214, 120), 100)
    canvas.disc(640, 540, 220, (236, 128, 108), 66)
    canvas.box(80, 180, 380, 370, (80, 58, 52), 8)
    canvas.box(80, 284, 400, 310, (250, 250, 246))
    for key in range(100, 390, 22):
        canvas.box(key, 284, key + 9, 299, (30, 28, 30))
    canvas.box(1000, 210, 1230, 330, (120, 190, 214), 6)
    canvas.box(1000, 310, 1230, 330, SAND)
    canvas.box(1010, 330, 1220, 390, (150, 108, 74), 4)
    for x, y in ((1050, 250), (1130, 280), (1190, 240)):
        canvas.disc(x, y, 12, (246, 140, 60), 7)
        canvas.shape((246, 140, 60), (x - 10, y), (x - 22, y - 8), (x - 22, y + 8))


def _outdoors(canvas: Canvas, horizon: float) -> None:
    canvas.box(0, 0, 1280, horizon + 10, SKY)
    canvas.disc(1080, 60, 44, (255, 244, 206))
    for x, y in ((200, 70), (620, 44), (860, 96)):
        for shift, radius in ((0, 26), (30, 34), (66, 24)):
            canvas.disc(x + shift, y, radius, (244, 250, 252), radius * 0.6)
    canvas.box(0, horizon, 1280, 720, GRASS)
    canvas.disc(300, 700, 700, (156, 200, 118), 160)


def _tree(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.disc(x + 30 * size, y + 150 * size, 120 * size, SOFT, 22 * size)
    canvas.box(x - 14 * size, y, x + 14 * size, y + 150 * size, (134, 96, 66), 6)
    for shift_x, shift_y, radius, green in (
        (-60, -10, 66, 128),
        (50, -20, 74, 140),
        (-10, -80, 80, 152),
        (0, -30, 60, 160),
    ):
        canvas.disc(x + shift_x * size, y + shift_y * size, radius * size, (80, green, 74))


def _room(canvas: Canvas, wall: Colour, floor: Colour, skirting: float) -> None:
    canvas.box(0, 0, 1280, skirting, wall)
    canvas.box(0, skirting, 1280, 720, floor)
    canvas.box(0, skirting - 10, 1280, skirting, (236, 228, 214))
    shade = tuple(max(0, value - 12) for value in floor[:3])
    for x in range(-1200, 2600, 190):
        canvas.line((shade[0], shade[1], shade[2]), 3, (640 + (x - 640) * 0.5, skirting), (x, 720))


def _windows(canvas: Canvas, x: float, y: float, count: int) -> None:
    for left in range(int(x), int(x) + count * 230, 230):
        canvas.box(left - 8, y - 8, left + 168, y + 138, (255, 255, 255), 4)
        canvas.box(left, y, left + 160, y + 130, SKY)
        canvas.disc(left + 50, y + 130, 70, (150, 194, 130), 40)
        canvas.line((255, 255, 255), 6, (left + 80, y), (left + 80, y + 130))


def _table(canvas: Canvas, x: float, y: float) -> None:
    canvas.disc(x, y + 54, 130, SOFT, 20)
    for leg in (-90, 90):
        canvas.box(x + leg - 6, y + 8, x + leg + 6, y + 56, (150, 108, 70))
    canvas.disc(x, y, 120, (236, 198, 140), 32)
    canvas.disc(x, y - 3, 112, (246, 214, 160), 27)
    for shift, colour in ((-50, (255, 255, 255)), (30, (250, 240, 226)), (70, (140, 190, 220))):
        canvas.box(x + shift - 18, y - 12, x + shift + 18, y + 4, colour)
