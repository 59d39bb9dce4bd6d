"""The contrast of both themes, computed from the tokens of the style sheet as WCAG 2.2 defines it."""

import re
from pathlib import Path

import pytest

STYLES = (Path(__file__).resolve().parents[2] / "static" / "waymark.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6});")
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("paper", "surface", "shade", "tint")
INKS = ("ink", "quiet", "accent", "accent-strong", "satisfied", "due-soon", "overdue", "paused")
PAIRS = [
    *((ink, ground, TEXT) for ink in INKS for ground in GROUNDS),
    *(("on-accent", button, TEXT) for button in ("accent", "accent-strong")),
    *(("edge", ground, SHAPE) for ground in ("paper", "surface")),
    *((shape, "bar-ground", SHAPE) for shape in ("accent",)),
]


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme; the dark one overlays the light one."""
    light, dark, *_print = (TOKEN.findall(block) for block in re.findall(r":root \{([^}]*--paper[^}]*)\}", STYLES))
    return dict(light) if theme == "light" else {**dict(light), **dict(dark)}


def luminance(colour: str) -> float:
    """The relative luminance of a colour such as #fff or #1d2327."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How much two colours differ: from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_what_is_to_be_read_or_seen_stands_out(theme: str, ink: str, ground: str, least: float) -> None:
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= least, f"{ink} {colours[ink]} on {ground} {colours[ground]}"
