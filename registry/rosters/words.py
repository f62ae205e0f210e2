"""The words that rosters use for sex, documents, categories and staff status, and what they mean here.

Codes beside the words are those of the national healthcare security information standard.
"""

from functools import lru_cache

from registry.models.people import Category, DocumentKind, Sex

SEXES = {
    **dict.fromkeys(["男", "男性", "1", "M", "MALE"], Sex.MALE),
    **dict.fromkeys(["女", "女性", "2", "F", "FEMALE"], Sex.FEMALE),
    **dict.fromkeys(["未知", "未说明", "未说明的性别", "0", "9", "UNKNOWN", "NOT STATED"], Sex.UNKNOWN),
}

DOCUMENTS = {
    **dict.fromkeys(
        [
            "居民身份证",
            "身份证",
            "居民身份证(户口簿)",
            "中华人民共和国居民身份证",
            "二代身份证",
            "01",
            "1",
            "RESIDENT ID",
            "RESIDENT IDENTITY CARD",
            "ID CARD",
        ],
        DocumentKind.RESIDENT_ID,
    ),
    **dict.fromkeys(["港澳台居民居住证", "港澳居民居住证", "台湾居民居住证"], DocumentKind.RESIDENT_ID),
    **dict.fromkeys(["护照", "外国人护照", "中国护照", "普通护照", "08", "PASSPORT"], DocumentKind.PASSPORT),
    **dict.fromkeys(
        [
            "港澳居民来往内地通行证",
            "香港居民来往内地通行证",
            "澳门居民来往内地通行证",
            "港澳通行证",
            "回乡证",
            "04",
            "05",
            "HONG KONG AND MACAU PERMIT",
        ],
        DocumentKind.HK_MACAU_PERMIT,
    ),
    **dict.fromkeys(
        ["台湾居民来往大陆通行证", "台湾通行证", "台胞证", "06", "TAIWAN PERMIT"], DocumentKind.TAIWAN_PERMIT
    ),
    **dict.fromkeys(
        ["外国人永久居留身份证", "外国人永久居留证", "07", "FOREIGN PERMANENT RESIDENT CARD"],
        DocumentKind.FOREIGN_RESIDENT,
    ),
    **dict.fromkeys(
        ["其他", "其他证件", "其他身份证件", "军官证", "02", "03", "99", "OTHER", "OTHER DOCUMENT"], DocumentKind.OTHER
    ),
}

CATEGORIES = {
    **dict.fromkeys(["医师", "医生", "执业医师", "医保医师", "PHYSICIAN", "DOCTOR"], Category.PHYSICIAN),
    **dict.fromkeys(["护士", "护理", "护理人员", "医保护士", "NURSE"], Category.NURSE),
    **dict.fromkeys(
        ["药师", "药学", "药学人员", "药剂人员", "执业药师", "医保药师", "PHARMACIST"], Category.PHARMACIST
    ),
    **dict.fromkeys(
        ["技师", "医技", "医技人员", "技术人员", "卫生技术人员", "医保技师", "TECHNICIAN"], Category.TECHNICIAN
    ),
    **dict.fromkeys(
        [
            "收费审核人员",
            "费用审核人员",
            "结算审核人员",
            "费用和结算审核人员",
            "医保结算审核人员",
            "医保审核人员",
            "BILLING REVIEWER",
        ],
        Category.BILLING_REVIEWER,
    ),
    **dict.fromkeys(
        ["药店主要负责人", "主要负责人", "药品经营企业主要负责人", "PRINCIPAL RESPONSIBLE PERSON OF A PHARMACY"],
        Category.PHARMACY_PRINCIPAL,
    ),
    **{value.upper().replace("_", " "): Category(value) for value in Category.values},
}

NO_DOCUMENT = frozenset({"", "无", "-", "--", "/", "NONE", "N/A"})

_LEFT = (
    "离职",
    "离岗",
    "辞职",
    "调出",
    "注销",
    "解聘",
    "开除",
    "死亡",
    "停用",
    "无效",
    "LEFT",
    "RESIGNED",
    "DISMISSED",
)
_BY_TITLE = (
    (("护", "NURS"), Category.NURSE),
    (("药", "PHARMAC"), Category.PHARMACIST),
    (("技师", "技士", "医技", "检验师", "检验士", "TECHNIC", "TECHNOLOG"), Category.TECHNICIAN),
    (("医师", "医士", "临床", "口腔", "中医", "公共卫生", "PHYSICIAN", "SURGEON"), Category.PHYSICIAN),
)


def key(text: str) -> str:
    """The form in which a word of a roster is looked up: capitals, plain brackets, single spaces."""
    return text.upper().replace("（", "(").replace("）", ")").replace("_", " ")


@lru_cache(maxsize=1024)
def means_left(status: str) -> bool:
    """Whether a staff status says that the person no longer works there (离职, 注销, left ...)."""
    return any(word in status.upper() for word in _LEFT)


def category_by_title(*words: str) -> Category | None:
    """The category that a level of practice, professional title or category of practice implies; None if none does."""
    for word in words:
        for marks, category in _BY_TITLE:
            if any(mark in word.upper() for mark in marks):
                return category
    return None
