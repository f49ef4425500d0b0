"""How a county starts scoring families: circumstances with points, and levels.

The levels are those of a county's real system (above 40, 60 and 80); the points are general
knowledge that nobody confirmed: a county changes both in forms.
"""

SCORE_ITEMS: tuple[tuple[str, int], ...] = (
    ("孤儿或事实无人抚养", 81),
    ("特困供养", 81),
    ("最低生活保障家庭", 61),
    ("本人残疾", 45),
    ("父母一方残疾或丧失劳动能力", 30),
    ("家庭成员患重大疾病", 40),
    ("遭受重大自然灾害或突发事故", 35),
    ("父母均无稳定收入", 20),
    ("单亲家庭", 15),
    ("家中两人以上接受非义务教育", 15),
    ("低保边缘或家庭人均收入偏低", 30),
)
# (above this score, level, tier that it opens)
SCORE_BANDS: tuple[tuple[int, str, str], ...] = (
    (40, "困难", "三档"),
    (60, "一般困难", "二档"),
    (80, "特别困难", "一档"),
)
