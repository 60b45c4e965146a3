"""The burnt-in number survives what happens to pictures on their way to a screen."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nangmai.simulator.barcode import CELLS, Pixels, barcode_cells, draw_barcode, read_barcode


def picture(number: int, width: int = 640, height: int = 360) -> Pixels:
    pixels = np.full((height, width, 3), 128, np.uint8)
    draw_barcode(pixels, number)
    return pixels


@given(st.integers(0, 65535), st.sampled_from([(320, 180), (640, 360), (1280, 720), (1920, 1080), (768, 576)]))
def test_a_number_is_read_back_at_any_size(number: int, size: tuple[int, int]) -> None:
    assert read_barcode(picture(number, *size)) == number


@given(st.integers(0, 65535), st.sampled_from([(320, 180), (426, 240), (1280, 720)]))
def test_a_number_survives_scaling_and_compression(number: int, size: tuple[int, int]) -> None:
    scaled = Image.fromarray(picture(number)).resize(size)
    coded = io.BytesIO()
    scaled.save(coded, "JPEG", quality=25)
    assert read_barcode(np.asarray(Image.open(coded))) == number


@given(st.integers(0, 65535), st.integers(2, CELLS - 3))
def test_one_wrong_cell_is_noticed(number: int, cell: int) -> None:
    pixels = picture(number)
    middle = int((cell + 0.5) * 10)
    pixels[:10, cell * 10 : (cell + 1) * 10] = 10 if pixels[5, middle, 0] > 128 else 245
    assert read_barcode(pixels) is None


def test_a_picture_without_a_barcode_has_no_number() -> None:
    assert read_barcode(np.full((360, 640, 3), 90, np.uint8)) is None


def test_grey_pictures_are_read_too() -> None:
    assert read_barcode(picture(4711).mean(axis=2).astype(np.uint8)) == 4711


def test_numbers_beyond_16_bits_start_again() -> None:
    assert barcode_cells(65536 + 5) == barcode_cells(5)


@pytest.mark.parametrize("number", [0, 65535])
def test_the_outer_cells_never_change(number: int) -> None:
    cells = barcode_cells(number)
    assert (cells[0], cells[1], cells[22], cells[23]) == (True, False, False, True)
