"""A government's book: both sides of four budgets, transfers, debt, by item and by place; its margins are mirrored.

Every figure is drawn from the seed and adds up; each table carries what a perfect reader would make of it.
"""

from __future__ import annotations

import random
from decimal import Decimal

from samples.budget import CLASSES, draw
from samples.house import Expected, Printed, Sample, ordinal

TAXES = ("增值税", "企业所得税", "个人所得税", "资源税", "城市维护建设税", "房产税", "契税", "环境保护税")
OTHERS = ("专项收入", "行政事业性收费收入", "罚没收入", "国有资源（资产）有偿使用收入", "其他收入")
FUNDS = ("国有土地使用权出让收入", "彩票公益金收入", "城市基础设施配套费收入", "污水处理费收入")
FUND_USES = ("城乡社区支出", "农林水支出", "债务付息支出", "其他支出")
CAPITAL = ("利润收入", "股利、股息收入", "产权转让收入", "清算收入")
CAPITAL_USES = ("解决历史遗留问题及改革成本支出", "国有企业资本金注入", "其他国有资本经营预算支出")
INSURANCE = (
    "企业职工基本养老保险基金",
    "城乡居民基本养老保险基金",
    "职工基本医疗保险基金",
    "失业保险基金",
    "工伤保险基金",
)
TRANSFERS = (
    "体制补助支出",
    "均衡性转移支付支出",
    "结算补助支出",
    "教育共同财政事权转移支付支出",
    "医疗卫生共同财政事权转移支付支出",
)
PLACES = ("东河区", "南岭区", "云岭县", "北江县", "白石市")
SCOPES = ("全市", "市本级")
PROJECTS = ("城区供水管网改造工程", "云岭县中医院建设项目", "白石市产业基地基础设施项目", "北江县污水处理项目")
WAN = Decimal(10000)
YI = Decimal(100000000)
_GROUPS = (1, 4)  # 款 of a 类, by scope: the second table of codes goes on for several pages
Row = tuple[str, str | None, str | None, list[Decimal]]  # printed name, code, name, values


class Book:
    """Draws the tables of one book."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"government{seed}")
        self.year = self.rng.randrange(2019, 2025)
        self.tables: list[Printed] = []

    def figure(self) -> Decimal:
        return Decimal(self.rng.randrange(100_00, 900_000_00)) / 100

    def parts(self, count: int) -> list[Decimal]:
        return [self.figure() for _ in range(count)]

    def add(
        self, dataset: str, title: str, direction: str | None, columns: list[tuple[str, str]], rows: list[Row],
        name: str = "项目", code: str | None = None, unit: str = "万元",
    ) -> None:  # fmt: skip
        """``columns`` are (printed, canonical) measures; rows hold the printed name, code, name and values."""
        factor = {"万元": WAN, "亿元": YI}[unit]
        header = [[(h, 1, 1) for h in ([code] if code else [])] + [(name, 1, 1), *((c, 1, 1) for c, _ in columns)]]
        printed, expected = [], list[Expected]()
        for label, row_code, row_name, values in rows:
            line = [f"{v:,.2f}" for v in values]
            printed.append([*([row_code or ""] if code else []), label, *line])
            for (_, measure), value in zip(columns, values, strict=True):
                expected.append((dataset, row_code, row_name, direction, measure, value * factor))
        widths = [*([1.0] if code else []), 3.0, *([1.2] * len(columns))]
        self.tables.append(Printed(None, title, unit, header, printed, widths, None, expected))

    def summed(self, names: tuple[str, ...], total: str) -> list[Row]:
        """Items and, below them, their total; 合计 is told by its name."""
        values = self.parts(len(names))
        rows: list[Row] = [(n, None, n, [v]) for n, v in zip(names, values, strict=True)]
        return [*rows, (total, None, total, [sum(values, Decimal(0))])]

    def revenue(self, title: str) -> list[Row]:
        taxes, others = self.parts(len(TAXES)), self.parts(len(OTHERS))
        tax, other = sum(taxes, Decimal(0)), sum(others, Decimal(0))
        rows: list[Row] = [("一、税收收入", None, "税收收入", [tax])]
        rows += [(f"（{ordinal(i)}）{n}", None, n, [v]) for i, (n, v) in enumerate(zip(TAXES, taxes, strict=True), 1)]
        rows += [("二、非税收入", None, "非税收入", [other])]
        rows += [(f"（{ordinal(i)}）{n}", None, n, [v]) for i, (n, v) in enumerate(zip(OTHERS, others, strict=True), 1)]
        rows += [("收入合计", None, "收入合计", [tax + other])]
        self.add("一般公共预算收入表", title, "收入", [("决算数", "决算数")], rows)
        return rows

    def coded(self, title: str, groups_of_a_class: int) -> None:
        """Function codes over several pages: 类, 款 and 项."""
        rows: list[Row] = []
        grand = Decimal(0)
        for code, name in CLASSES.items():
            groups: list[Row] = []
            whole = Decimal(0)
            for k in range(1, 1 + groups_of_a_class):
                items = self.parts(3)
                groups.append(
                    (f"{name[:-2]}事务{k}", f"{code}{k:02d}", f"{name[:-2]}事务{k}", [sum(items, Decimal(0))])
                )
                groups += [
                    (f"事务{k}之{n}", f"{code}{k:02d}{n:02d}", f"事务{k}之{n}", [v]) for n, v in enumerate(items, 1)
                ]
                whole += sum(items, Decimal(0))
            rows += [(name, code, name, [whole]), *groups]
            grand += whole
        rows.append(("合计", None, "合计", [grand]))
        self.add("一般公共预算支出表", title, "支出", [("决算数", "决算数")], rows, name="科目名称", code="科目编码")

    def places(self, dataset: str, title: str, direction: str | None, columns: list[tuple[str, str]]) -> None:
        each = [self.parts(len(columns)) for _ in PLACES]
        if columns[0][0].endswith("限额"):  # a limit is no less than its stock
            each = [sorted(v, reverse=True) for v in each]
        total = [sum(c, Decimal(0)) for c in zip(*each, strict=True)]
        rows: list[Row] = [("合计", None, "合计", total)]
        rows += [(p, None, p, v) for p, v in zip(PLACES, each, strict=True)]
        self.add(dataset, title, direction, columns, rows, name="地区")

    def debt(self, kind: str) -> None:
        y = self.year
        opening, issued = self.figure() / 1000, self.figure() / 1000
        opening, issued = opening.quantize(Decimal("0.01")), issued.quantize(Decimal("0.01"))
        repaid = (opening / 10).quantize(Decimal("0.01"))
        named = [
            (f"{y - 1}年末地方政府{kind}债务余额实际数", opening), (f"{y}年末地方政府{kind}债务限额", opening * 2 + issued),
            (f"{y}年地方政府{kind}债务发行额", issued), (f"{y}年地方政府{kind}债务还本额", repaid),
            (f"{y}年末地方政府{kind}债务余额决算数", opening + issued - repaid),
        ]  # fmt: skip
        rows: list[Row] = [(f"{ordinal(i)}、{n}", None, n, [v]) for i, (n, v) in enumerate(named, 1)]
        title = f"{y}年地方政府{kind}债务余额情况表"
        self.add("政府债务限额余额表", title, None, [("决算数", "决算数")], rows, unit="亿元")

    def draw(self) -> list[Printed]:
        one, y = [("决算数", "决算数")], self.year
        for scope, groups in zip(SCOPES, _GROUPS, strict=True):
            self.revenue(f"{y}年{scope}一般公共预算收入决算表")
            self.coded(f"{y}年{scope}一般公共预算支出决算表", groups)
            for fund, names, uses in (("政府性基金", FUNDS, FUND_USES), ("国有资本经营", CAPITAL, CAPITAL_USES)):
                self.add(
                    f"{fund}预算收入表",
                    f"{y}年{scope}{fund}预算收入决算表",
                    "收入",
                    one,
                    self.summed(names, "收入合计"),
                )
                self.add(
                    f"{fund}预算支出表", f"{y}年{scope}{fund}预算支出决算表", "支出", one, self.summed(uses, "支出合计")
                )
            for side in ("收入", "支出", "结余"):
                names = tuple(f"{n}{side}" for n in INSURANCE)
                direction = side if side != "结余" else None
                rows = self.summed(names, f"{side}合计" if direction else "合计")
                self.add(f"社会保险基金{side}表", f"{y}年{scope}社会保险基金{side}决算表", direction, one, rows)
        rows = self.summed(TRANSFERS, "合计")
        self.add("转移支付表", f"{y}年市对县区一般公共预算转移支付决算表", "支出", one, rows)
        self.places("转移支付表", f"{y}年市对县区专项转移支付分地区决算表", "支出", one)
        self.places("一般公共预算收入表", f"{y}年各县区一般公共预算收入决算表", "收入", one)
        self.places(
            "政府债务限额余额表",
            f"{y}年政府债务限额余额决算情况表",
            None,
            [("债务限额", "债务限额"), ("债务余额", "债务余额")],
        )
        self.debt("一般")
        self.debt("专项")
        self.places(
            "政府债务发行还本付息表",
            f"{y}年地方政府债券发行及还本付息情况表",
            None,
            [("发行额", "发行额"), ("还本额", "还本额")],
        )
        rows = self.summed(PROJECTS, "合计")
        self.add(
            "政府债券使用表",
            f"{y}年新增地方政府债券使用情况表",
            None,
            [("债券规模", "债券规模")],
            rows,
            name="项目名称",
        )
        return self.tables


def build_book(seed: int) -> Sample:
    """The book that ``seed`` draws."""
    book = Book(seed)
    tables = book.draw()
    for n, table in enumerate(tables, start=1):
        table.number = f"表{n}"
    budget = draw(seed, "万元", 2)
    budget.organisation, budget.year = "云江市财政局", book.year
    title = f"云江市{book.year}年财政决算"
    contents = [f"表{n} {t.title}" for n, t in enumerate(tables, start=1)]
    return Sample(title, "编制单位", budget, tables, False, "lines", True, contents, mirrored=5.7)
