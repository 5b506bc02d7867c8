"""More habits of publishers: how amounts are printed, what stands beside them, official forms, governments' tables.

Each is a change of a built document and of what is expected of it, as in ``samples.habits``.
"""

from __future__ import annotations

import random
import re
from decimal import Decimal
from itertools import pairwise

from samples.budget import CLASSES
from samples.house import FACTOR, NUMERALS, Cell, Expected, Printed, Sample, ordinal

_AMOUNT = re.compile(r"^-?[\d,]+\.\d+$")
WAN = FACTOR["万元"]


def _amount_tables(sample: Sample) -> list[Printed]:
    return [t for t in sample.tables if "绩效" not in t.title]


def _plain(sample: Sample) -> None:
    """Without forms, whose rows are told one by one."""
    sample.tables = _amount_tables(sample)


def _rewrite(table: Printed, change: object) -> None:
    assert callable(change)
    table.rows = [[change(t) if _AMOUNT.match(t) else t for t in row] for row in table.rows]


def no_commas(sample: Sample, rng: random.Random) -> None:
    """1234567.89"""
    for table in _amount_tables(sample):
        _rewrite(table, lambda t: t.replace(",", ""))


def whole_yuan(sample: Sample, rng: random.Random) -> None:
    """元 without decimals and commas: amounts that look like codes."""
    _plain(sample)
    sample.landscape = True  # wide enough for a number on one line
    for table in sample.tables:
        table.unit = "元"
        _rewrite(table, lambda t: f"{Decimal(t.replace(',', '')) * WAN:.0f}")


def dashes(sample: Sample, rng: random.Random) -> None:
    """— where nothing is spent, in the tables of codes."""
    for table in _amount_tables(sample):
        if table.expected and table.header and len(table.header[0]) > 2:
            lead = len(table.rows[0]) - _values(table)
            table.rows = [[*row[:lead], *(t or "—" for t in row[lead:])] for row in table.rows]


def zeros(sample: Sample, rng: random.Random) -> None:
    """0.00 where nothing is spent."""
    for table in _amount_tables(sample):
        if table.expected and table.header and "项目" not in table.title and len(table.header[0]) > 2:
            lead = len(table.rows[0]) - _values(table)
            table.rows = [[*row[:lead], *(t or "0.00" for t in row[lead:])] for row in table.rows]
            table.expected = [(*e[:5], e[5] or Decimal("0.00")) for e in table.expected]


def _values(table: Printed) -> int:
    """Amount columns of a table with one name in a row."""
    return len(table.expected) // len(table.rows)


def total_unnamed(sample: Sample, rng: random.Random) -> None:
    """The total's row has no name, and stands last."""
    for table in _amount_tables(sample):
        at = next((i for i, row in enumerate(table.rows) if row[:2] == ["", "合计"]), None)
        if at is not None and table.expected:
            total = table.rows.pop(at)
            table.rows.append(["", "", *total[2:]])
            table.expected = [(*e[:2], None, *e[3:]) if e[2] == "合计" else e for e in table.expected]


def split_codes(sample: Sample, rng: random.Random) -> None:
    """类 | 款 | 项 in columns of their own, 款 and 项 without their leading zeros."""
    for table in _amount_tables(sample):
        if not table.header or table.header[0][0][0] != "科目编码" or not table.expected:
            continue
        rest = len(table.header)
        top: list[Cell] = [("科目编码", 3, 1), *[(t, c, r + 1 if r == rest else r) for t, c, r in table.header[0][1:]]]
        if rest == 1:
            table.header = [top, [("类", 1, 1), ("款", 1, 1), ("项", 1, 1)]]
        else:
            parts: list[Cell] = [("类", 1, 1), ("款", 1, 1), ("项", 1, 1)]
            table.header = [
                [("科目编码", 3, 1), *table.header[0][1:]],
                [*parts, *table.header[1]],
            ]
        table.rows = [[*_parts(row[0]), *row[1:]] for row in table.rows]
        table.widths = [0.5, 0.5, 0.5, *table.widths[1:]]


def _parts(code: str) -> list[str]:
    return [code[:3], *[str(int(p)) if p else "" for p in (code[3:5], code[5:7])]]


def remarks(sample: Sample, rng: random.Random) -> None:
    """备注 with texts and numbers, last."""
    notes = ("", "含2022年结转", "附件3", "12", "按规定执行", "2.5%")
    for table in _amount_tables(sample):
        if table.header and table.header[0][0][0] in ("科目编码", "项目编码") and table.expected:
            table.header[0] = [*table.header[0], ("备注", 1, len(table.header))]
            table.rows = [[*row, rng.choice(notes) if row[0] else ""] for row in table.rows]
            table.widths = [*table.widths, 1.3]


def negatives(sample: Sample, rng: random.Random) -> None:
    """A class that gave money back: -12.30 in every second document, (12.30) in the others."""
    form = rng.choice(("-{}", "({})"))
    _changes(
        sample, lambda a: (form.format(f"{a / 10:,.2f}"), -(a / 10).quantize(Decimal("0.01"))), lambda a: "-10.00%"
    )


def no_comparison(sample: Sample, rng: random.Random) -> None:
    """不可比 where a rate would stand."""
    _changes(sample, lambda a: (f"{a:,.2f}", a), lambda a: rng.choice(("不可比", "100.00%", "0.00%")))


def _changes(sample: Sample, change: object, rate: object) -> None:
    """支出总表 as 预算数 | 增减额 | 增减%."""
    assert callable(change) and callable(rate)
    for table in sample.tables:
        if not table.expected or table.expected[0][0] != "支出总表":
            continue
        rows, expected = [], list[Expected]()
        for row in table.rows:
            value = Decimal(row[2].replace(",", ""))
            text, worth = change(value)
            rows.append([*row[:2], row[2], text, rate(value)])
            for measure, amount in (("预算数", value), ("增减额", worth), ("增减%", None)):
                expected.append(
                    ("支出总表", row[0] or None, row[1], "支出", measure, None if amount is None else amount * WAN)
                )
        table.header = [[(t, 1, 1) for t in ("科目编码", "科目名称", "预算数", "增减额", "增减%")]]
        table.rows, table.expected, table.widths = rows, expected, [1.1, 2.6, 1.1, 1.1, 1.1]


def chinese_years(sample: Sample, rng: random.Random) -> None:
    """二零二五年 in every title."""
    digits = "零" + NUMERALS[:9]
    year = "".join(digits[int(d)] for d in str(sample.budget.year)) + "年"
    sample.title = sample.title.replace(f"{sample.budget.year}年", year)
    for table in sample.tables:
        table.title = year + table.title


def caption_rows(sample: Sample, rng: random.Random) -> None:
    """Number, title, organisation and measure are rows of the grid."""
    for table in _amount_tables(sample):
        table.inside = True


def narrow_names(sample: Sample, rng: random.Random) -> None:
    """Names over three lines beside amounts over one."""
    for table in _amount_tables(sample):
        if table.header and table.header[0][0][0] in ("科目编码", "单位编码") and table.expected:
            table.widths = [1.0, 0.9, *[1.1] * (len(table.widths) - 2)]


def many_projects(sample: Sample, rng: random.Random) -> None:
    """A table of two hundred rows, over five pages and more."""
    for table in sample.tables:
        if not table.expected or table.expected[0][0] != "项目支出表":
            continue
        sample.landscape = True
        cents = int(sample.budget.total()[2] * 100)
        cuts = sorted(rng.randint(0, cents) for _ in range(199))
        values = [Decimal(b - a) / 100 for a, b in pairwise([0, *cuts, cents])]
        width = len(table.rows[0]) - 2
        measures = [e[4] for e in table.expected[:width]]
        total = sum(values, Decimal(0))
        lines = [("", "合计", total)]
        lines += [
            (f"42010{rng.randint(1, 9)}25301T{i:09d}", f"第{ordinal(i % 90 + 1)}批公共服务设施更新改造项目", v)
            for i, v in enumerate(values)
        ]
        table.rows, table.expected = [], []
        for code, name, value in lines:
            texts = [f"{value:,.2f}"] * 2 + [""] * (width - 2)
            table.rows.append([code, name, *texts])
            for measure, text in zip(measures, texts, strict=True):
                amount = value * WAN if text else None
                table.expected.append(("项目支出表", code or None, name, "支出", measure, amount))


# the ministry's forms of final accounts


def final_accounts(sample: Sample, rng: random.Random) -> None:
    """公开01–09表: 行次, 栏次, split codes and repeated order numbers; the document is one of 决算."""
    year = sample.budget.year
    sample.title = f"{sample.budget.organisation}{year}年度部门决算"
    sample.repeat_header = False
    rows = [(c, n, [sum(v, Decimal(0)), v[0] + v[1], v[2]]) for c, n, v in sample.budget.rows()]
    people, public, project = sample.budget.total()
    total = [people + public + project, people + public, project]
    tables = [_two_panels(rows, total[0])]
    income = ["本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"]
    values = [(c, n, [v[0], v[0], *[None] * 5]) for c, n, v in [("", "合计", total), *rows]]
    tables.append(_coded_form("收入总表", "收入决算表", "收入", income, ["合计", *income[1:]], values))
    spent = ["本年支出合计", "基本支出", "项目支出", "上缴上级支出", "经营支出", "对附属单位补助支出"]
    measures = ["合计", "基本支出", "项目支出", "上缴上级支出", "事业单位经营支出", "对附属单位补助支出"]
    values = [(c, n, [*v, None, None, None]) for c, n, v in [("", "合计", total), *rows]]
    tables.append(_coded_form("支出总表", "支出决算表", "支出", spent, measures, values))
    three = [(c, n, list(v)) for c, n, v in [("", "合计", total), *rows]]
    title = "一般公共预算财政拨款支出决算表"
    head = ["本年支出合计", "基本支出", "项目支出"]
    tables.append(_coded_form("一般公共预算支出表", title, "支出", head, ["合计", *head[1:]], three))
    tables += [_two_blocks(sample), _three_twice(sample)]
    for n, table in enumerate(tables, start=1):
        table.number = f"公开{n:02d}表"
    sample.tables = tables
    sample.contents = [f"{ordinal(i)}、{t.title}" for i, t in enumerate(tables, start=1)]


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _wan(value: Decimal | None) -> Decimal | None:
    return None if value is None else value * WAN


def _two_panels(rows: list[tuple[str, str, list[Decimal]]], total: Decimal) -> Printed:
    """公开01: 项目 | 行次 | 决算数 twice, with 栏次 below."""
    names = ("一般公共预算财政拨款收入", "政府性基金预算财政拨款收入", "上级补助收入", "事业收入", "其他收入")
    left: list[tuple[str, str | None, str, Decimal | None]] = [
        (f"{ordinal(i)}、{n}", None, n, total if i == 1 else None) for i, n in enumerate(names, 1)
    ]
    classes = {c: v[0] for c, _, v in rows if len(c) == 3}
    right: list[tuple[str, str | None, str, Decimal | None]] = [
        (f"{ordinal(i)}、{n}", c, n, classes.get(c)) for i, (c, n) in enumerate(CLASSES.items(), 1)
    ]
    left += [("", None, "", None)] * (len(right) - len(left))
    for a, b in (("本年收入合计", "本年支出合计"), ("年初结转和结余", "年末结转和结余"), ("总计", "总计")):
        value = None if "结余" in a else total
        left.append((a, None, a, value))
        right.append((b, None, b, value))
    printed, expected = [], list[Expected]()
    for i, (a4, b4) in enumerate(zip(left, right, strict=True), 1):
        printed.append([a4[0], str(i), _money(a4[3]), b4[0], str(i + len(left)), _money(b4[3])])
        for way, (label, code, name, value) in (("收入", a4), ("支出", b4)):
            if label:
                expected.append(("收支总表", code, name, way, "决算数", _wan(value)))
    header: list[list[Cell]] = [
        [("收入", 3, 1), ("支出", 3, 1)],
        [(t, 1, 1) for t in ("项目", "行次", "决算数") * 2],
        [(t, 1, 1) for t in ("栏次", "", "1", "栏次", "", "2")],
    ]
    widths = [2.4, 0.5, 1.2, 2.4, 0.5, 1.2]
    return Printed(None, "收入支出决算总表", "万元", header, printed, widths, None, expected)


def _coded_form(
    dataset: str, title: str, way: str, columns: list[str], measures: list[str],
    rows: list[tuple[str, str, list[Decimal | None]]],
) -> Printed:  # fmt: skip
    """公开02: 类 | 款 | 项 beside 栏次 and 合计."""
    n = len(columns)
    header: list[list[Cell]] = [
        [("项目", 4, 1), *[(c, 1, 2) for c in columns]],
        [("功能分类科目编码", 3, 1), ("科目名称", 1, 1)],
        [("类", 1, 2), ("款", 1, 2), ("项", 1, 2), ("栏次", 1, 1), *[(str(i), 1, 1) for i in range(1, n + 1)]],
        [("合计", 1, 1), *[(_money(v), 1, 1) for v in rows[0][2]]],
    ]
    printed = [[code[:3], code[3:5], code[5:], name, *map(_money, values)] for code, name, values in rows[1:]]
    expected: list[Expected] = [
        (dataset, code or None, name, way, measure, _wan(value))
        for code, name, values in rows for measure, value in zip(measures, values, strict=True)
    ]  # fmt: skip
    return Printed(None, title, "万元", header, printed, [0.75, 0.6, 0.6, 2.4, *[1.1] * n], None, expected)


def _two_blocks(sample: Sample) -> Printed:
    """公开06: personnel and office codes side by side, their totals last."""
    dataset = "一般公共预算基本支出表"
    economic = sample.budget.economic()
    people = [(c, n, a) for c, n, a, b in economic if c[:3] in ("301", "303")]
    office = [(c, n, b) for c, n, a, b in economic if c[:3] not in ("301", "303")]
    total_people, total_public, _ = sample.budget.total()
    height = max(len(people), len(office))
    printed, expected = [], list[Expected]()
    for i in range(height):
        row: list[str] = []
        for measure, block in (("人员经费", people), ("公用经费", office)):
            if i < len(block):
                code, name, value = block[i]
                row += [code, name, _money(value)]
                expected.append((dataset, code, name, "支出", measure, _wan(value)))
            else:
                row += ["", "", ""]
        printed.append(row)
    printed.append(["", "人员经费合计", _money(total_people), "", "公用经费合计", _money(total_public)])
    for name, value in (("人员经费", total_people), ("公用经费", total_public)):
        expected.append((dataset, None, f"{name}合计", "支出", name, _wan(value)))
    header: list[list[Cell]] = [
        [("人员经费", 3, 1), ("公用经费", 3, 1)],
        [(t, 1, 1) for t in ("科目编码", "科目名称", "决算数") * 2],
    ]
    title = "一般公共预算财政拨款基本支出决算明细表"
    return Printed(None, title, "万元", header, printed, [0.8, 2.4, 1.2] * 2, None, expected)


def _three_twice(sample: Sample) -> Printed:
    """公开08: twelve columns, 预算数 and 决算数."""
    abroad, buy, run, host = sample.budget.three
    values = [abroad + buy + run + host, abroad, buy + run, buy, run, host]
    names = ["合计", "因公出国(境)费", "公务用车购置及运行费", "公务用车购置费", "公务用车运行费", "公务接待费"]
    block: list[Cell] = [
        ("合计", 1, 2),
        ("因公出国（境）费", 1, 2),
        ("公务用车购置及运行费", 3, 1),
        ("公务接待费", 1, 2),
    ]
    parts: list[Cell] = [("小计", 1, 1), ("公务用车购置费", 1, 1), ("公务用车运行费", 1, 1)]
    header: list[list[Cell]] = [
        [("预算数", 6, 1), ("决算数", 6, 1)],
        [*block, *block],
        [*parts, *parts],
        [(str(i), 1, 1) for i in range(1, 13)],
    ]
    expected: list[Expected] = [
        ("三公经费支出表", None, None, "支出", n, _wan(v)) for _ in range(2) for n, v in zip(names, values, strict=True)
    ]
    title = "财政拨款“三公”经费支出决算表"
    return Printed(None, title, "万元", header, [[_money(v) for v in values] * 2], [1.0] * 12, None, expected)


# tables of a government

_TAXES = ("增值税", "企业所得税", "个人所得税", "城市维护建设税", "房产税", "契税")
_OTHERS = ("专项收入", "行政事业性收费收入", "罚没收入", "其他收入")
_PLACES = ("东河区", "南岭区", "云岭县", "北江县", "白石市")


def government(sample: Sample, rng: random.Random) -> None:
    """Revenue with indents, two panels that balance, codes of revenue, places as columns."""
    year = sample.budget.year
    sample.budget.organisation = "云江市财政局"
    sample.title = f"云江市{year}年政府预算"
    tables = [_indented_revenue(year, rng), _coded_revenue(year, rng), _balance(year, rng), _place_columns(year, rng)]
    for n, table in enumerate(tables, start=1):
        table.number = f"表{n}"
    sample.tables = tables
    sample.contents = [f"表{n} {t.title}" for n, t in enumerate(tables, start=1)]


def _draw(rng: random.Random) -> Decimal:
    return Decimal(rng.randrange(100_00, 900_000_00)) / 100


def _indented_revenue(year: int, rng: random.Random) -> Printed:
    """预算科目 | 上年执行数 | 预算数 | 增减%, the level told by indents alone."""
    dataset = "一般公共预算收入表"
    taxes, others = ([(n, _draw(rng), _draw(rng)) for n in names] for names in (_TAXES, _OTHERS))
    rows: list[tuple[str, Decimal, Decimal]] = []
    for group, items in (("税收收入", taxes), ("非税收入", others)):
        rows.append((group, sum((i[1] for i in items), Decimal(0)), sum((i[2] for i in items), Decimal(0))))
        rows += [("　　" + n, a, b) for n, a, b in items]
    whole = [sum((i[k] for i in (*taxes, *others)), Decimal(0)) for k in (1, 2)]
    rows.append(("收入合计", whole[0], whole[1]))
    printed, expected = [], list[Expected]()
    for name, last, now in rows:
        printed.append([name, f"{last:,.2f}", f"{now:,.2f}", f"{(now / last - 1) * 100:.1f}"])
        for measure, value in (("执行数", last), ("预算数", now), ("增减%", None)):
            expected.append((dataset, None, name.strip("　"), "收入", measure, _wan(value)))
    header: list[list[Cell]] = [[(t, 1, 1) for t in ("预算科目", "上年执行数", "预算数", "增减%")]]
    title = f"{year}年全市一般公共预算收入预算表"
    return Printed(None, title, "万元", header, printed, [2.6, 1.2, 1.2, 0.9], None, expected)


def _coded_revenue(year: int, rng: random.Random) -> Printed:
    """101 税收收入 and below."""
    dataset = "一般公共预算收入表"
    items = [("10101", "增值税", _draw(rng)), ("10104", "企业所得税", _draw(rng)), ("10119", "契税", _draw(rng))]
    others = [("10302", "专项收入", _draw(rng)), ("10305", "罚没收入", _draw(rng))]
    first, second = (sum((i[2] for i in part), Decimal(0)) for part in (items, others))
    rows = [("", "合计", first + second), ("101", "税收收入", first), *items, ("103", "非税收入", second), *others]
    printed = [[code, name, f"{value:,.2f}"] for code, name, value in rows]
    expected: list[Expected] = [(dataset, c or None, n, "收入", "预算数", v * WAN) for c, n, v in rows]
    header: list[list[Cell]] = [[("科目编码", 1, 1), ("科目名称", 1, 1), ("预算数", 1, 1)]]
    title = f"{year}年市本级一般公共预算收入预算表"
    return Printed(None, title, "万元", header, printed, [1.0, 2.6, 1.2], None, expected)


def _balance(year: int, rng: random.Random) -> Printed:
    """收入 | 支出 side by side, 收入总计 = 支出总计."""
    own, help_, spent = _draw(rng), _draw(rng), _draw(rng) / 10
    spent = spent.quantize(Decimal("0.01"))
    left = [("一、本级收入", "本级收入", own), ("二、上级补助收入", "上级补助收入", help_)]
    right = [("一、本级支出", "本级支出", own + help_ - spent), ("二、上解上级支出", "上解上级支出", spent)]
    left.append(("收入总计", "收入总计", own + help_))
    right.append(("支出总计", "支出总计", own + help_))
    printed, expected = [], list[Expected]()
    for a, b in zip(left, right, strict=True):
        printed.append([a[0], f"{a[2]:,.2f}", b[0], f"{b[2]:,.2f}"])
        for way, (_, name, value) in (("收入", a), ("支出", b)):
            expected.append(("收支平衡表", None, name, way, "预算数", value * WAN))
    header: list[list[Cell]] = [
        [("收入", 2, 1), ("支出", 2, 1)],
        [("项目", 1, 1), ("预算数", 1, 1), ("项目", 1, 1), ("预算数", 1, 1)],
    ]
    title = f"{year}年市本级一般公共预算收支平衡表"
    return Printed(None, title, "万元", header, printed, [2.4, 1.2] * 2, None, expected)


def _place_columns(year: int, rng: random.Random) -> Printed:
    """Places as columns: 合计 | 东河区 | …"""
    items = ("均衡性转移支付", "结算补助", "体制补助")
    rows = [(n, [_draw(rng) for _ in _PLACES]) for n in items]
    rows.insert(0, ("合计", [sum(c, Decimal(0)) for c in zip(*[v for _, v in rows], strict=True)]))
    measures = ["合计", *["预算数"] * len(_PLACES)]  # whose money a column is says 范围
    printed, expected = [], list[Expected]()
    for name, values in rows:
        whole = [sum(values, Decimal(0)), *values]
        printed.append([name, *[f"{v:,.2f}" for v in whole]])
        expected += [("转移支付表", None, name, "支出", m, v * WAN) for m, v in zip(measures, whole, strict=True)]
    header: list[list[Cell]] = [[("项目", 1, 1), ("合计", 1, 1), *[(p, 1, 1) for p in _PLACES]]]
    title = f"{year}年市对县区一般性转移支付预算表"
    return Printed(None, title, "万元", header, printed, [1.8, *[1.1] * 6], None, expected)


MORE = {
    f.__name__: (f,)
    for f in (
        no_commas, whole_yuan, dashes, zeros, total_unnamed, split_codes, remarks, negatives, no_comparison, chinese_years,
        caption_rows, narrow_names, many_projects, final_accounts, government,
    )
}  # fmt: skip
