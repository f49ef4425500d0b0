"""Measures of GB/T 9704-2012, in millimetres and points, shared by Word, PDF and the tests.

The type area is 156 × 225 mm: 22 lines of 28 characters in size three (16 pt) FangSong. 28 × 16 pt
is 448 pt where 156 mm is only 442.2 pt, so each character is set 0.207 pt closer; in Word that is
a document grid of lines and characters (``LINE_PITCH``, ``CHAR_SPACE``), in CSS letter spacing.
"""

from typing import Final

MM_TO_TWIPS: Final = 1440 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0  # mm, A4
TOP, BOTTOM, LEFT, RIGHT = 37.0, 35.0, 28.0, 26.0  # mm, white margins
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT  # 156 mm
TEXT_HEIGHT = PAGE_HEIGHT - TOP - BOTTOM  # 225 mm
LINES, CHARS = 22, 28  # per page, per line

TITLE_PT, BODY_PT, SMALL_PT, TABLE_PT = 22.0, 16.0, 14.0, 10.5  # sizes two, three, four, small five
TEXT_WIDTH_PT = TEXT_WIDTH / 25.4 * 72
CHAR_PT = TEXT_WIDTH_PT / CHARS  # 15.793 pt a character
LETTER_SPACING_PT = CHAR_PT - BODY_PT  # -0.207 pt
LINE_PT = int(TEXT_HEIGHT / 25.4 * 72 / LINES * 100) / 100  # 28.99 pt a line, rounded down to fit
LINE_PITCH = int(LINE_PT * 20)  # 579 twips; 580 would leave room for 21 lines only
CHAR_SPACE = round(LETTER_SPACING_PT * 4096)  # -848, in 1/4096 pt

RED_HEAD_TOP = 35.0  # mm from the type area's upper edge to the red head's
RED_LINE_GAP = 4.0  # mm from the document number to the red line
FOLIO_GAP = 7.0  # mm from the type area's lower edge to the page number
THICK_PT, THIN_PT = 1.0, 0.75  # 0.35 and 0.25 mm, the lines of the imprint
RED = "FF0000"

# The faces that the standard names; a machine without them falls back visibly.
FANGSONG, KAITI, HEITI, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
XIAOBIAOSONG = "方正小标宋简体"
LATIN = "Times New Roman"
FALLBACK_SERIF, FALLBACK_SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"


def twips(millimetres: float) -> int:
    """Return twentieths of a point."""
    return round(millimetres * MM_TO_TWIPS)


def head_size(text: str) -> float:
    """Return the size in points at which a red head fills the line, 55 pt (15 mm high) at most."""
    return min(55.0, int(TEXT_WIDTH_PT / max(len(text), 1) * 2) / 2)
