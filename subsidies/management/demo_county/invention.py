"""Invented people: names, identity numbers, cards, telephones, from one seed."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from povedu.identity import check_character

COUNTY_CODE = "530699"  # never assigned to any county
SEED = 20160901

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎"
)
GIVEN_BOYS = (
    "伟强磊军洋勇杰涛明超亮平刚辉鹏飞志建国文斌浩宇轩子俊泽博家豪天佑晨阳宏毅立诚德华荣春生"
)
GIVEN_GIRLS = "芳娜秀英敏静丽艳娟霞兰萍玲燕婷雪梅琳倩颖佳怡欣妍梦瑶诗涵雨桐思语晓月春花桂香凤仙彩云"
# Written rarely, typed wrongly often: one beyond GBK, and names of minorities with a middle dot.
RARE_NAMES = (
    "李䶮",
    "张𬭚",
    "王㛃",
    "阿木·拉日",
    "吉克·阿支",
    "海来·木呷",
    "曲比·阿呷",
    "沙马·尔洛",
)
ETHNICITIES = ("汉族",) * 17 + ("苗族", "彝族", "回族")
BANKS = ("县农村信用合作联社", "农业银行县支行", "邮政储蓄银行县支行")


@dataclass
class Inventor:
    """Draw invented persons in a fixed order; every number is given once."""

    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311  # a demo, not a secret
    used: set[str] = field(default_factory=set)
    cards: int = 0

    def name(self, *, is_boy: bool, surname: str = "") -> str:
        """Return a name of two or three characters, now and then a rare one."""
        draw = self.random
        if not surname and draw.random() < 0.002:
            return draw.choice(RARE_NAMES)
        pool = GIVEN_BOYS if is_boy else GIVEN_GIRLS
        given = draw.choice(pool)
        if draw.random() < 0.78:
            given += draw.choice(pool)
        return (surname or draw.choice(SURNAMES)) + given

    def birth(self, earliest: date, days: int) -> date:
        """Return a day within ``days`` after the earliest."""
        return earliest + timedelta(days=self.random.randrange(days))

    def id_number(self, birth_on: date, *, is_boy: bool) -> str:
        """Return a fresh number with a valid check character."""
        while True:
            sequence = self.random.randrange(0, 499) * 2 + (1 if is_boy else 2)
            seventeen = f"{COUNTY_CODE}{birth_on:%Y%m%d}{sequence:03d}"
            full = seventeen + check_character(seventeen)
            if full not in self.used and not full.endswith("000"):
                self.used.add(full)
                return full

    def card(self) -> str:
        """Return a fresh 19-digit card number that passes the Luhn check."""
        self.cards += 1
        body = f"621779{self.cards:012d}"
        total = 0
        for index, digit in enumerate(reversed(body)):
            value = int(digit) * (2 if index % 2 == 0 else 1)
            total += value - 9 if value > 9 else value
        return f"{body}{(10 - total % 10) % 10}"

    def phone(self) -> str:
        """Return a number in a range that no operator uses."""
        return f"100{self.random.randrange(10**8):08d}"
