"""What institutions were handled for: the kinds of handling, their legal bases, and what was found."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from registry.desks.demo_data.timeline import FIRST_DAY
from registry.models import Grade, HandlingKind

REGULATION = "《医疗保障基金使用监督管理条例》"
AGREEMENT = "医疗保障服务协议违约责任条款"
WORDS_OF_GRADE = {
    Grade.GENERAL: "对违规行为起配合作用",
    Grade.IMPORTANT: "主动参与违规行为",
    Grade.PRINCIPAL: "对违规行为起决定性作用",
}


@dataclass(frozen=True, slots=True)
class Conduct:
    """What an institution was handled for: the kind of handling, its legal basis, and what was found."""

    kind: HandlingKind
    legal_basis: str
    found: tuple[str, ...]


CONDUCT = {
    "1-01": Conduct(HandlingKind.DAMAGES, AGREEMENT, ("超量开药", "收费项目与医嘱不一致", "未按规定核验参保人员身份")),
    "1-99": Conduct(HandlingKind.DAMAGES, AGREEMENT, ("进销存记录不全", "外配处方留存不全")),
    "2-01": Conduct(
        HandlingKind.PENALTY, f"{REGULATION}第三十八条", ("分解项目收费", "重复收费", "过度检查", "挂床住院")
    ),
    "2-02": Conduct(
        HandlingKind.PENALTY, f"{REGULATION}第三十九条", ("未按规定保管财务账目和病历", "未按规定向医保部门报送数据")
    ),
    "2-99": Conduct(HandlingKind.AGREEMENT_SUSPENDED, AGREEMENT, ("多次违约且未按期整改",)),
    "3-99": Conduct(HandlingKind.AGREEMENT_RESCINDED, AGREEMENT, ("拒不配合核查并隐匿资料",)),
    "4-01": Conduct(HandlingKind.PENALTY, f"{REGULATION}第四十条", ("虚构医药服务项目骗取基金",)),
}
"""By situation."""


def period_of(made_on: date) -> tuple[date, date]:
    """First and last day of the conduct that a document of that day is about."""
    return max(FIRST_DAY, made_on - timedelta(75)), made_on - timedelta(12)


def amount_of(kind: HandlingKind, number: int) -> Decimal | None:
    """What the institution paid, where it is money."""
    if kind not in {HandlingKind.PENALTY, HandlingKind.DAMAGES}:
        return None
    return Decimal(3_000 + 1_750 * number) + Decimal("0.50") * (number % 2)
