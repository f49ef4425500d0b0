"""The roster that intake is measured on: made in a process of its own, into a file."""

import io
import random
import subprocess
import sys
from pathlib import Path

import xlsxwriter

from povedu.identity import check_character

HEADINGS = (
    *("序号", "学校", "年级", "班级", "学籍号", "姓名", "性别", "民族", "身份证号", "出生日期"),
    *("是否寄宿", "困难类型", "监护人姓名", "监护人身份证号", "联系电话", "银行卡号", "开户行"),
    *("家庭住址", "户籍地", "就读方式", "入学年月", "备注"),
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂花文斌国建华"
SCHOOLS = 60


def roster(rows: int, seed: int = 1) -> bytes:
    """Return a generated roster of 22 columns under a title row; every hundredth ID is wrong."""
    draw = random.Random(seed)  # noqa: S311  # invented people
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.merge_range(0, 0, 0, 21, "某县2016年秋季学期学生花名册")
        sheet.write_row(1, 0, HEADINGS)
        for n in range(rows):
            born = f"{2004 + n % 6}{1 + n // 6 % 12:02d}{1 + n // 72 % 28:02d}"
            seventeen = f"5306{23 + n // 2_000_000:02d}{born}{1 + n // 2016 % 998:03d}"
            number = seventeen + check_character(seventeen)
            name = draw.choice(_SURNAMES) + draw.choice(_GIVEN) + draw.choice(_GIVEN)
            elder = f"53062319750101{n % 998 + 1:03d}"
            guardian = elder + check_character(elder)
            sheet.write_row(
                n + 2,
                0,
                [
                    *(
                        n + 1,
                        f"第{n % SCHOOLS}小学",
                        f"{'一二三四五六'[n % 6]}年级",
                        f"{n % 8 + 1}班",
                    ),
                    *(f"G{number}" if n % 2 else "", name, "男" if int(number[16]) % 2 else "女"),
                    *("汉族", number[:17] + "0" if n % 100 == 0 else number),
                    *(f"{born[:4]}-{born[4:6]}-{born[6:]}", "是" if n % 3 else "否"),
                    *("建档立卡" if n % 9 == 0 else "", draw.choice(_SURNAMES) + "大", guardian),
                    *(f"138{n:08d}", f"621779{n:013d}", "农村信用社", f"某村{n % 300}号", "本县"),
                    *("走读", "2016-09", ""),
                ],
            )
    return out.getvalue()


def made(folder: Path, rows: int, seed: int) -> Path:
    """Return a roster's file; what made it has ended, so that peaks of memory are not its."""
    path = folder / f"roster-{rows}.xlsx"
    command = "import sys; from pathlib import Path; from benchmarks.roster import roster; "
    command += f"Path(sys.argv[1]).write_bytes(roster({rows}, seed={seed}))"
    subprocess.run([sys.executable, "-c", command, str(path)], check=True)  # noqa: S603  # our own interpreter and module
    return path
