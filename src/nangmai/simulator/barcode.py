"""The picture's number, burnt in so that a program can read it from the screen.

Layout, along the top left edge: one row of 24 cells, each 1/64 of the picture's width and 1/36 of its height.

| cell | 0 | 1 | 2 … 17 | 18 … 21 | 22 | 23 |
|---|---|---|---|---|---|---|
| holds | white | black | the number, 16 bits, highest first | check: XOR of its four nibbles and 1010 | black | white |

White is 1. To read: take the mean grey of the inner half of each cell; cells 0 and 23 give white, 1 and 22 black; their
middle is the threshold. A contrast under 60 of 255 or a wrong check means there is no number. The cells are squares at
16:9, 10 pixels at 640x360, so the row survives scaling to a quarter and strong compression.
"""

from __future__ import annotations

from typing import Any

import numpy as np

CELLS = 24
COLUMNS, ROWS = 64, 36
_LEAST_CONTRAST = 60
_CHECK_MASK = 0b1010

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def barcode_cells(number: int) -> list[bool]:
    """The cells of a number, which is taken modulo 65536."""
    number &= 0xFFFF
    check = number >> 12 ^ number >> 8 & 15 ^ number >> 4 & 15 ^ number & 15 ^ _CHECK_MASK
    value = number << 4 | check
    return [True, False, *(bool(value >> bit & 1) for bit in range(19, -1, -1)), False, True]


def draw_barcode(pixels: Pixels, number: int) -> None:
    """Burn the number into an RGB or grey picture."""
    height, width = pixels.shape[:2]
    bottom = round(height / ROWS)
    for cell, is_white in enumerate(barcode_cells(number)):
        pixels[:bottom, round(cell * width / COLUMNS) : round((cell + 1) * width / COLUMNS)] = 245 if is_white else 10


def read_barcode(pixels: Pixels) -> int | None:
    """The number in an RGB or grey picture of any size, or None."""
    grey = pixels.mean(axis=2) if pixels.ndim == 3 else pixels
    height, width = grey.shape
    cell_height, cell_width = height / ROWS, width / COLUMNS
    band = grey[int(cell_height * 0.25) : max(int(cell_height * 0.25) + 1, int(cell_height * 0.75))]
    levels = []
    for cell in range(CELLS):
        left = int((cell + 0.25) * cell_width)
        levels.append(float(band[:, left : max(left + 1, int((cell + 0.75) * cell_width))].mean()))
    white, black = min(levels[0], levels[23]), max(levels[1], levels[22])
    if white - black < _LEAST_CONTRAST:
        return None
    value = 0
    for level in levels[2:22]:
        value = value << 1 | (level > (white + black) / 2)
    number = value >> 4
    return number if barcode_cells(number)[18:22] == [bool(value >> bit & 1) for bit in (3, 2, 1, 0)] else None
