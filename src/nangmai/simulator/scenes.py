"""What the cameras see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from nangmai.simulator.studio import Recipe


def draw_pictures(recipe: Recipe) -> Iterator[np.ndarray[Any, Any]]:
    """The clip's pictures as RGB arrays."""
    for number in range(recipe.pictures):
        image = Image.new("RGB", (recipe.width, recipe.height), (150, 200, 140))
        draw = ImageDraw.Draw(image)
        x = number * recipe.width // recipe.pictures
        draw.ellipse((x, recipe.height // 2, x + 30, recipe.height // 2 + 30), fill=(200, 80, 60))
        yield np.asarray(image)
