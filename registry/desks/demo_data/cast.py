"""Who plays in the stories: a role, the institution of the main post, and the category.

The cast is made before everybody else, so that a seed gives a story the same people whatever the size of the demo.
"""

from registry.desks.demo_data.places import BUSY_HOSPITAL, RESCINDED
from registry.models import Category

BEIJING, BEIJING_TCM = "H11010500001", "H11010800001"
TIANJIN, TIANJIN_TCM = "H12010100001", "H12010400001"
SHENYANG, DALIAN = "H21010200001", "H21020200001"
HANGZHOU, NINGBO = "H33010600001", "H33021200001"
ZHENGZHOU = "H41010500001"
CHANGSHA_CENTRE, ZHUZHOU, HENGYANG = "H43010200001", "H43021100001", "H43040800001"
CHANGSHA_TCM, CHANGSHA_PHARMACY = "H43010400001", "P43011100002"
SMALL_CENTRE, NEAR_THE_LINE = "H43010500001", "H43012100001"
HAIKOU = "H46010600001"
CHENGDU, CHENGDU_TCM, MIANYANG = "H51010700001", "H51010700002", "H51070300001"

PHYSICIAN, NURSE = Category.PHYSICIAN, Category.NURSE

CAST: dict[str, tuple[str, Category]] = {
    "calm": (BUSY_HOSPITAL, NURSE),
    "calm too": (BUSY_HOSPITAL, NURSE),
    "suspended": (SHENYANG, PHYSICIAN),
    "suspended in Hangzhou": (HANGZHOU, PHYSICIAN),
    "suspended in Beijing": (BEIJING, PHYSICIAN),
    "suspended by two entries": (DALIAN, PHYSICIAN),
    "head of the fraud": (BUSY_HOSPITAL, PHYSICIAN),
    "important part in the fraud": (BUSY_HOSPITAL, PHYSICIAN),
    "general part in the fraud": (BUSY_HOSPITAL, NURSE),
    "suspended from next month": (ZHUZHOU, PHYSICIAN),
    "suspension over": (CHENGDU, NURSE),
    "suspension over in Changsha": (CHANGSHA_CENTRE, NURSE),
    "terminated": (HANGZHOU, PHYSICIAN),
    "terminated in Hengyang": (HENGYANG, PHYSICIAN),
    "terminated by one entry": (BEIJING_TCM, PHYSICIAN),
    "bar over": (NINGBO, PHYSICIAN),
    "bar over in Zhengzhou": (ZHENGZHOU, PHYSICIAN),
    "registered again": (TIANJIN, PHYSICIAN),
    "annulled": (CHENGDU, PHYSICIAN),
    "revised": (MIANYANG, PHYSICIAN),
    "revised below nine": (HAIKOU, PHYSICIAN),
    "relieved": (TIANJIN_TCM, NURSE),
    "relieved in Changsha": (BUSY_HOSPITAL, NURSE),
    "suspension shortened": (TIANJIN, PHYSICIAN),
    "procurement notification": (BUSY_HOSPITAL, PHYSICIAN),
    "settled for somebody else": (ZHENGZHOU, PHYSICIAN),
    "licence revoked": (SHENYANG, PHYSICIAN),
    "five instead of four": (BUSY_HOSPITAL, PHYSICIAN),
    "seven instead of six": (HAIKOU, PHYSICIAN),
    "principal of the rescinded pharmacy": (RESCINDED, Category.PHARMACY_PRINCIPAL),
    "renamed": (BUSY_HOSPITAL, NURSE),
    "taken over with 3 points": (CHENGDU_TCM, PHYSICIAN),
    "taken over with 6 points": (CHENGDU_TCM, PHYSICIAN),
    "taken over with 9 points": (CHENGDU_TCM, PHYSICIAN),
    "identified": (BUSY_HOSPITAL, PHYSICIAN),
    "proposed": (BUSY_HOSPITAL, NURSE),
    "proposed again": (BUSY_HOSPITAL, NURSE),
    "waits for a countersignature": (BUSY_HOSPITAL, PHYSICIAN),
    "has not opened the notice": (CHANGSHA_CENTRE, NURSE),
    "to be served by hand": (CHANGSHA_TCM, PHYSICIAN),
    "told through the institution": (BUSY_HOSPITAL, NURSE),
    "has days left": (BUSY_HOSPITAL, PHYSICIAN),
    "on the last day": (CHANGSHA_CENTRE, PHYSICIAN),
    "held": (BUSY_HOSPITAL, PHYSICIAN),
    "held and decided": (CHANGSHA_TCM, NURSE),
    "objection filed": (BUSY_HOSPITAL, NURSE),
    "objection in review": (BUSY_HOSPITAL, PHYSICIAN),
    "panel to be drawn": (BUSY_HOSPITAL, PHYSICIAN),
    "panel voting": (BUSY_HOSPITAL, PHYSICIAN),
    "panel failed": (BUSY_HOSPITAL, PHYSICIAN),
    "objection withdrawn": (BUSY_HOSPITAL, NURSE),
    "objection late": (CHANGSHA_CENTRE, PHYSICIAN),
    "three points of dispute": (BUSY_HOSPITAL, PHYSICIAN),
    "dropped after review": (CHANGSHA_TCM, PHYSICIAN),
    "at the small centre": (SMALL_CENTRE, PHYSICIAN),
}
