"""What a public notice may say: its columns and the words that its heading may not hold.

Rule: 教财厅函〔2017〕28号 — name, school, grade, class and major only; nothing that tells of
hardship (教财〔2018〕16号, 全国学生资助管理中心第9号预警).
"""

COLUMNS = ("name", "school_name", "grade_label", "class_name", "major")
WORKING_DAYS = 5
TELLING_WORDS = (
    "贫困",
    "建档立卡",
    "脱贫",
    "低保",
    "特困",
    "残疾",
    "孤儿",
    "困难",
    "监测",
    "边缘",
    "救助",
    "无人抚养",
)


def telling_words(text: str) -> list[str]:
    """Return the words of a heading that tell of somebody's hardship."""
    return [word for word in TELLING_WORDS if word in text]
