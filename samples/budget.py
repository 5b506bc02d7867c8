"""An invented organisation's budget, consistent to the last digit, drawn from a seed number."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

CLASSES = {
    "201": "一般公共服务支出", "204": "公共安全支出", "205": "教育支出", "206": "科学技术支出",
    "207": "文化旅游体育与传媒支出", "208": "社会保障和就业支出", "210": "卫生健康支出", "211": "节能环保支出",
    "212": "城乡社区支出", "213": "农林水支出", "214": "交通运输支出", "215": "资源勘探工业信息等支出",
    "216": "商业服务业等支出", "220": "自然资源海洋气象等支出", "221": "住房保障支出", "229": "其他支出",
}  # fmt: skip
ITEMS = {
    "2010601": ("财政事务", "行政运行"), "2010602": ("财政事务", "一般行政管理事务"), "2010607": ("财政事务", "信息化建设"),
    "2040601": ("司法", "行政运行"), "2040604": ("司法", "基层司法业务"), "2040607": ("司法", "公共法律服务"),
    "2050202": ("普通教育", "小学教育"), "2050205": ("普通教育", "高等教育"), "2050899": ("进修及培训", "其他进修及培训"),
    "2060201": ("基础研究", "机构运行"), "2060204": ("基础研究", "实验室及相关设施"),
    "2080501": ("行政事业单位养老支出", "行政单位离退休"), "2080505": ("行政事业单位养老支出", "机关事业单位基本养老保险缴费支出"),
    "2080506": ("行政事业单位养老支出", "机关事业单位职业年金缴费支出"),
    "2089999": ("其他社会保障和就业支出", "其他社会保障和就业支出"),
    "2101101": ("行政事业单位医疗", "行政单位医疗"), "2101102": ("行政事业单位医疗", "事业单位医疗"),
    "2101103": ("行政事业单位医疗", "公务员医疗补助"),
    "2120101": ("城乡社区管理事务", "行政运行"), "2120201": ("城乡社区规划与管理", "城乡社区规划与管理"),
    "2150805": ("支持中小企业发展和管理支出", "中小企业发展专项"),
    "2150899": ("支持中小企业发展和管理支出", "其他支持中小企业发展和管理支出"),
    "2210201": ("住房改革支出", "住房公积金"), "2210202": ("住房改革支出", "提租补贴"), "2210203": ("住房改革支出", "购房补贴"),
}  # fmt: skip
PERSONNEL = {
    "30101": "基本工资", "30102": "津贴补贴", "30103": "奖金", "30107": "绩效工资",
    "30108": "机关事业单位基本养老保险缴费", "30109": "职业年金缴费", "30110": "职工基本医疗保险缴费",
    "30112": "其他社会保障缴费", "30113": "住房公积金", "30199": "其他工资福利支出",
    "30301": "离休费", "30302": "退休费", "30305": "生活补助", "30399": "其他对个人和家庭的补助",
}  # fmt: skip
OFFICE = {
    "30201": "办公费", "30202": "印刷费", "30205": "水费", "30206": "电费", "30207": "邮电费", "30209": "物业管理费",
    "30211": "差旅费", "30213": "维修（护）费", "30217": "公务接待费", "30228": "工会经费", "30229": "福利费",
    "30231": "公务用车运行维护费", "30239": "其他交通费用", "30299": "其他商品和服务支出", "31002": "办公设备购置",
}  # fmt: skip
ECONOMIC_CLASSES = {
    "301": "工资福利支出", "302": "商品和服务支出", "303": "对个人和家庭的补助", "310": "资本性支出",
}  # fmt: skip
_PLACES = ("临河", "东湖", "青山", "南浦", "云溪", "北岭", "石桥", "平江")
_BODIES = ("市司法局", "市财政服务中心", "区教育局", "县规划管理中心", "市企业服务中心", "区城乡管理局")
Z = Decimal(0)


@dataclass(slots=True)
class Budget:
    """Amounts are in the printed unit; ``lines`` maps a 项 code to (人员, 公用, 项目)."""

    organisation: str
    department: str
    year: int
    unit: str
    places: int
    lines: dict[str, tuple[Decimal, Decimal, Decimal]] = field(default_factory=dict)
    personnel: dict[str, Decimal | None] = field(default_factory=dict)
    office: dict[str, Decimal | None] = field(default_factory=dict)
    projects: list[tuple[str, str, Decimal]] = field(default_factory=list)
    three: tuple[Decimal, Decimal, Decimal, Decimal] = (Z, Z, Z, Z)  # 出国, 购置, 运行, 接待

    def rows(self) -> list[tuple[str, str, tuple[Decimal, Decimal, Decimal]]]:
        """类, 款, 项 in code order with their sums."""
        sums: dict[str, tuple[Decimal, Decimal, Decimal]] = {}
        for code, values in self.lines.items():
            for part in (code[:3], code[:5], code):
                old = sums.get(part, (Z, Z, Z))
                sums[part] = (old[0] + values[0], old[1] + values[1], old[2] + values[2])
        return [(code, name_of(code), sums[code]) for code in sorted(sums)]

    def total(self) -> tuple[Decimal, Decimal, Decimal]:
        columns = list(zip(*self.lines.values(), strict=True))
        return (sum(columns[0], Z), sum(columns[1], Z), sum(columns[2], Z))

    def economic(self) -> list[tuple[str, str, Decimal | None, Decimal | None]]:
        """Rows of the economic classification: code, name, 人员经费, 公用经费."""
        rows: list[tuple[str, str, Decimal | None, Decimal | None]] = []
        for cls, name in ECONOMIC_CLASSES.items():
            mine = {c: v for c, v in self.personnel.items() if c.startswith(cls)}
            other = {c: v for c, v in self.office.items() if c.startswith(cls)}
            if not mine and not other:
                continue
            rows.append((cls, name, _sum(mine), _sum(other)))
            rows.extend((c, PERSONNEL[c], v, None) for c, v in sorted(mine.items()))
            rows.extend((c, OFFICE[c], None, v) for c, v in sorted(other.items()))
        return rows


def _sum(values: dict[str, Decimal | None]) -> Decimal | None:
    known = [v for v in values.values() if v is not None]
    return sum(known, Z) if known else None


def name_of(code: str) -> str:
    """Printed name of a functional code of 3, 5 or 7 digits."""
    if len(code) == 3:
        return CLASSES[code]
    if len(code) == 7:
        return ITEMS[code][1]
    return next(kuan for full, (kuan, _) in ITEMS.items() if full.startswith(code))


def draw(seed: int, unit: str, places: int) -> Budget:
    """Draw a budget; the same seed gives the same budget."""
    rng = random.Random(seed)
    place = rng.choice(_PLACES)
    body = rng.choice(_BODIES)
    budget = Budget(place + body, place + "市人民政府办公厅", rng.randint(2018, 2026), unit, places)
    scale = 100 if unit == "万元" else 1_000_000

    def money(low: int = 1, high: int = 2000) -> Decimal:
        return (Decimal(rng.randint(low * 100, high * 100)) * scale / 100).quantize(Decimal(1).scaleb(-places)) / (
            100 if unit == "万元" else 1
        )

    def figure() -> Decimal:
        return money().quantize(Decimal(1).scaleb(-places))

    for code in sorted(rng.sample(sorted(ITEMS), rng.randint(7, 18))):
        project = figure() if rng.random() < 0.4 else Z
        office = figure() if rng.random() < 0.4 else Z
        budget.lines[code] = (figure() if rng.random() < 0.8 or not (project or office) else Z, office, project)
    people, public, project = budget.total()
    budget.personnel = _split(rng, people, rng.sample(sorted(PERSONNEL), rng.randint(4, len(PERSONNEL))), places)
    budget.office = _split(rng, public, rng.sample(sorted(OFFICE), rng.randint(4, len(OFFICE))), places)
    names = ["信息系统运行维护", "业务大楼修缮改造", "专项调查研究经费", "公共服务平台建设", "设备更新购置项目"]
    parts = _split(rng, project, rng.sample(names, rng.randint(1, 4)), places, blanks=False)
    budget.projects = [
        (f"42010{rng.randint(1, 9)}{budget.year % 100:02d}301T{i:09d}", name, value or Z)
        for i, (name, value) in enumerate(parts.items(), start=100)
    ]
    abroad, bought = Z if rng.random() < 0.5 else figure(), Z if rng.random() < 0.7 else figure()
    # projects may pay for more of them than 基本支出 does, never for less
    run, hosted = ((budget.office.get(code) or Z) + figure() for code in ("30231", "30217"))
    budget.three = (abroad, bought, run, hosted)
    return budget


def _split(
    rng: random.Random, total: Decimal, names: list[str], places: int, blanks: bool = True
) -> dict[str, Decimal | None]:
    """Part ``total`` among ``names`` to the last digit; some names stay blank."""
    step = Decimal(1).scaleb(-places)
    units = int(total / step)
    cuts = sorted(rng.randint(0, units) for _ in names[1:])
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, units], strict=True)]
    result: dict[str, Decimal | None] = {}
    for name, share in zip(names, shares, strict=True):
        result[name] = None if blanks and not share else (share * step).quantize(step)
    if blanks:
        result.update({name: None for name in names if result[name] == 0})
    return result
