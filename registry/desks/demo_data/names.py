"""Names that people in China plausibly have: surnames by how common they are, given names by sex and generation."""

from random import Random

SURNAMES = {
    "王": 72, "李": 70, "张": 67, "刘": 51, "陈": 46, "杨": 32, "黄": 24, "赵": 21, "周": 19, "吴": 19, "徐": 15,
    "孙": 14, "马": 13, "胡": 12, "朱": 12, "郭": 11, "何": 11, "罗": 10, "高": 10, "林": 10, "郑": 9, "梁": 9,
    "谢": 8, "宋": 8, "唐": 8, "许": 7, "韩": 7, "邓": 7, "冯": 7, "曹": 6, "彭": 6, "曾": 6, "肖": 6, "田": 6,
    "董": 6, "潘": 5, "袁": 5, "蔡": 5, "蒋": 5, "余": 5, "于": 5, "杜": 5, "叶": 5, "程": 5, "魏": 5, "苏": 5,
    "吕": 4, "丁": 4, "任": 4, "卢": 4, "姚": 4, "沈": 4, "钟": 4, "姜": 4, "崔": 4, "谭": 4, "陆": 4, "范": 4,
    "汪": 4, "廖": 4, "石": 3, "金": 3, "韦": 3, "贾": 3, "夏": 3, "付": 3, "方": 3, "邹": 3, "熊": 3, "白": 3,
    "孟": 3, "秦": 3, "邱": 3, "侯": 3, "江": 3, "尹": 3, "薛": 3, "闫": 3, "段": 3, "雷": 3, "龙": 3, "黎": 3,
    "史": 2, "陶": 2, "贺": 2, "毛": 2, "郝": 2, "顾": 2, "龚": 2, "邵": 2, "万": 2, "覃": 2, "武": 2, "钱": 2,
    "戴": 2, "严": 2, "莫": 2, "孔": 2, "向": 2, "常": 2,
}  # fmt: skip
COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "皇甫", "夏侯", "令狐", "尉迟", "司徒", "东方")
OLDER_MALE = "建国志强伟军明平华文斌永胜德林海涛勇峰刚杰新民学宏"
OLDER_FEMALE = "秀英桂兰玉珍丽红霞敏艳芳淑华慧燕萍琴娟梅凤静春"
YOUNGER_MALE = "浩宇轩睿博子涵俊杰嘉铭泽翰晨旭逸凡思远佳明天佑文昊哲彦"
YOUNGER_FEMALE = "欣怡雨桐诗涵梓萱思琪佳悦语嫣婉清梦洁雅楠若曦晓彤可馨紫璇"
DOTTED = (
    ("阿卜杜拉", "艾合买提", "买买提", "库尔班", "吐尔逊", "努尔兰", "叶尔肯"),
    ("古丽娜尔", "阿依古丽", "热依罕", "迪丽拜尔", "阿依努尔", "沙吾列", "帕丽旦"),
    ("麦麦提", "依明", "热合曼", "买合木提", "玉素甫", "哈力克", "吾买尔"),
)
FOREIGN = (
    ("Okafor Daniel", True), ("Sato Kenji", True), ("Müller Anna-Lena", False), ("Nguyen Thi Lan", False),
    ("O'Neill Fiona", False), ("Kim Min-jun", True),
)  # fmt: skip
HONG_KONG_AND_MACAU = (("陳家明", True), ("黃詠詩", False), ("何永康", True), ("梁美儀", False))
TAIWAN = (("林志鴻", True), ("張淑惠", False), ("蔡承翰", True), ("吳怡君", False))
YOUNG_SINCE = 1990


def chinese_name(random: Random, *, male: bool, birth_year: int) -> str:
    """A surname and one or two characters; one name in three hundred has a surname of two characters."""
    if random.random() < 1 / 300:
        surname = random.choice(COMPOUND_SURNAMES)
    else:
        surname = random.choices(list(SURNAMES), weights=list(SURNAMES.values()))[0]
    return surname + given_name(random, male=male, birth_year=birth_year)


def given_name(random: Random, *, male: bool, birth_year: int) -> str:
    """One or two characters as the generation liked them."""
    if birth_year < YOUNG_SINCE:
        characters = OLDER_MALE if male else OLDER_FEMALE
    else:
        characters = YOUNGER_MALE if male else YOUNGER_FEMALE
    return "".join(random.sample(characters, 1 if random.random() < 0.15 else 2))


def dotted_name(random: Random, *, male: bool) -> str:
    """A given name and the father's, with the dot (U+00B7) that official documents write between them."""
    return f"{random.choice(DOTTED[0 if male else 1])}·{random.choice(DOTTED[2])}"


def surname(name: str) -> str:
    """The surname of a Chinese name of this module's making."""
    return name[:2] if name.startswith(COMPOUND_SURNAMES) else name[:1]
