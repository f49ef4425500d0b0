"""Characters that clerks and registers write for one another in names.

Three kinds: older or fuller forms of one character (異體, 繁體), characters that look alike on a
handwritten form, and characters that input methods offer for a rare one. Two names that become
equal by this table are a level of their own, weaker than equal and stronger than one character off.
"""

# Each word is one class; the first character stands for all of it.
CLASSES = (
    "华華 国國 张張 刘劉 陈陳 杨楊 赵趙 黄黃 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 韩韓 冯馮 "
    "邓鄧 许許 肖萧蕭 苏蘇 卢盧 蒋蔣 贾賈 叶葉 阎闫閻 余馀 钟鐘鍾锺 汤湯 龙龍 钱錢 "
    "贺賀 龚龔 万萬 顾顧 严嚴 付傅 丽麗 军軍 伟偉 杰傑 强強彊 红紅 凤鳳 兰蘭 云雲 "
    "玉钰 艳艷豔 娟鹃 东東 飞飛 鹏鵬 辉輝 晖暉 庆慶 荣榮 义義 礼禮 学學 兴興 宝寶 "
    "建健 贵貴 财財 贤賢 胜勝 继繼 维維 绍紹 广廣 长長 达達 远遠 进進 连連 莲蓮 梦夢 "
    "乐樂 灵靈 爱愛 双雙 圆圓 园園 卫衛 来來 实實 宁寧甯 升昇陞 奇琦 峰峯 群羣 略畧 "
    "哲喆 坤堃 秘祕 并並 淼渺 炜玮 祎袆 祺棋 瑞端 珊姗 婷停 倩情 雯零 玥月 昊旻 煜熠 "
    "烨晔 钧均 铭明 泽择 宇字 颖颕 莹滢 萍苹 静靜 娜那 琳淋 浩洁 涛滔 己已巳 戊戍戌 "
    "未末 土士 人入 干千 日曰 大太 天夭 冶治 侯候 段叚 祖袓 佑祐 育毓 恒恆 凡几"
)


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for word in CLASSES.split():
        for character in word[1:]:
            table[ord(character)] = word[0]
    return table


_FOLD = _table()


def folded(name: str) -> str:
    """Return a name with every character replaced by the one that stands for its class."""
    return name.translate(_FOLD)
