"""The three house styles, table by table.

A: portrait, 表N, 万元, one code column.  B: landscape, 元, 类|款|项, no numbers.  C: 公开01表 with the caption inside the grid.
"""

from __future__ import annotations

from decimal import Decimal

from samples.budget import Z
from samples.forms import performance_forms
from samples.house import House, Panel, Printed, ordinal


def tables_of(house: House) -> list[Printed]:
    """All tables of the document in printed order, captions filled in."""
    tables = {"A": _style_a, "B": _style_b, "C": _style_c}[house.style](house)
    if house.style == "A":
        names = ["1", "2", "3", "4", "5-1", "5-2", "6", "7", "8", "9", "10", "11", "12-1"]
        form = house.rng.choice(("表{}", "表 {}", "附表{}"))
        for table, n in zip(tables, names, strict=True):
            table.number = form.format(n)
    elif house.style == "C":
        for i, table in enumerate(tables, start=1):
            table.number = f"公开{i:02d}表"
            table.inside = True
    return tables


def _totals(house: House) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    people, public, project = house.budget.total()
    return people + public + project, people, public, project


def _style_a(house: House) -> list[Printed]:
    total = _totals(house)[0]
    income: list[Panel] = [
        Panel(f"{ordinal(i)}、{name}", name, None, "收入", [("预算数", total if i == 1 else None)])
        for i, name in enumerate(
            ["一般公共预算拨款收入", "政府性基金预算拨款收入", "国有资本经营预算拨款收入", "财政专户管理资金收入", "事业收入", "上级补助收入", "其他收入"], 1
        )
    ]  # fmt: skip
    spending = [
        Panel(label, name, code, "支出", [("预算数", sum(v, Z) if v else None)])
        for label, name, code, v in house.class_rows("A")
    ]
    height = max(len(income), len(spending))
    blank = Panel("", None, None, "", [("", None)])
    income += [blank] * (height - len(income))
    spending += [blank] * (height - len(spending))
    income += [
        Panel(n, n, None, "收入", [("预算数", v)])
        for n, v in (("本年收入合计", total), ("上年结转结余", None), ("收入总计", total))
    ]
    spending += [
        Panel(n, n, None, "支出", [("预算数", v)])
        for n, v in (("本年支出合计", total), ("年终结转结余", None), ("支出总计", total))
    ]
    header = [
        [("收 入", 2, 1), ("支 出", 2, 1)],
        [("项 目", 1, 1), ("预算数", 1, 1), ("项 目", 1, 1), ("预算数", 1, 1)],
    ]
    first = house.panels("收支总表", "收支总表", header, [income, spending], [2.4, 1.2, 2.6, 1.2])
    first.note = "备注：财政专户管理资金收入是指教育收费收入，下同。"

    columns = [("合计", "合计"), ("财政拨款收入", "财政拨款收入"), ("事业收入", "事业收入"), ("其他收入", "其他收入")]
    head = house.code_header("科目编码", "科目名称", "", [c for c, _ in columns], 1)
    second = house.coded("收入总表", "收入总表", "收入", columns, house.functional_rows("income"), head, 1)
    names = ["合计", "基本支出", "项目支出", "事业单位经营支出", "上缴上级支出", "对附属单位补助支出"]
    head = house.code_header("科目编码", "科目名称", "", names, 1)
    third = house.coded(
        "支出总表", "支出总表", "支出", [(n, n) for n in names], house.functional_rows("expenditure"), head, 1
    )
    return [
        first, second, third, _grant_total(house), _general(house), _by_unit(house), _basic(house), _three(house),
        _fund(house), _capital(house), _projects(house), *performance_forms(house),
    ]  # fmt: skip


def _grant_total(house: House) -> Printed:
    total = _totals(house)[0]
    left = [Panel("一、本年收入", "本年收入", None, "收入", [("预算数", total)])]
    left += [
        Panel(f"（{ordinal(i)}）{n}", n, None, "收入", [("预算数", total if i == 1 else None)])
        for i, n in enumerate(("一般公共预算拨款", "政府性基金预算拨款", "国有资本经营预算拨款"), 1)
    ]
    left.append(Panel("二、上年结转", "上年结转", None, "收入", [("预算数", None)]))
    right = [Panel("一、本年支出", "本年支出", None, "支出", [("预算数", total)])]
    right += [
        Panel(label, name, code, "支出", [("预算数", sum(v, Z) if v else None)])
        for label, name, code, v in house.class_rows("B")
    ]
    blank = Panel("", None, None, "", [("", None)])
    left += [blank] * (len(right) - len(left))
    left.append(Panel("收入总计", "收入总计", None, "收入", [("预算数", total)]))
    right.append(Panel("支出总计", "支出总计", None, "支出", [("预算数", total)]))
    header = [[("收 入", 2, 1), ("支 出", 2, 1)], [("项目", 1, 1), ("预算数", 1, 1), ("项目", 1, 1), ("预算数", 1, 1)]]
    return house.panels("财政拨款收支总表", "财政拨款收支总表", header, [left, right], [2.4, 1.2, 2.6, 1.2])


_GENERAL = [
    ("合计", "合计"),
    ("小计", "基本支出"),
    ("人员经费", "人员经费"),
    ("公用经费", "公用经费"),
    ("项目支出", "项目支出"),
]


def _general_header(code: str, name: str) -> list[list[tuple[str, int, int]]]:
    return [
        [(code, 1, 2), (name, 1, 2), ("合计", 1, 2), ("基本支出", 3, 1), ("项目支出", 1, 2)],
        [("小计", 1, 1), ("人员经费", 1, 1), ("公用经费", 1, 1)],
    ]


def _general(house: House) -> Printed:
    rows = house.functional_rows("general")
    header = _general_header("科目编码", "科目名称")
    return house.coded("一般公共预算支出表", "一般公共预算支出表(分功能科目)", "支出", _GENERAL, rows, header, 1)


def _by_unit(house: House) -> Printed:
    total = house.functional_rows("general")[0][2]
    rows = [("", "合计", total), ("301", house.budget.department, total), ("301013", house.budget.organisation, total)]
    header = _general_header("单位编码", "单位名称")
    return house.coded("一般公共预算支出表_分单位", "一般公共预算支出表(分单位)", "支出", _GENERAL, rows, header, 1)


def _economic_rows(house: House) -> list[tuple[str, str, list[Decimal | None]]]:
    people, public, _ = house.budget.total()
    rows: list[tuple[str, str, list[Decimal | None]]] = [("", "合计", [people + public, people, public])]
    for code, name, a, b in house.budget.economic():
        both = None if a is None and b is None else (a or Z) + (b or Z)
        rows.append((code, name, [both, a, b]))
    return rows


def _basic(house: House) -> Printed:
    columns = [(c, c) for c in ("合计", "人员经费", "公用经费")]
    header = [
        [("部门预算支出经济分类科目", 2, 1), ("本年一般公共预算基本支出", 3, 1)],
        [("科目编码", 1, 1), ("科目名称", 1, 1), *[(c, 1, 1) for c, _ in columns]],
    ]
    return house.coded(
        "一般公共预算基本支出表", "一般公共预算基本支出表", "支出", columns, _economic_rows(house), header, 1
    )


def _three(house: House) -> Printed:
    abroad, buy, run, host = house.budget.three
    values = [abroad + buy + run + host, abroad, buy + run, buy, run, host]
    names = ["合计", "因公出国(境)费", "公务用车购置及运行费", "公务用车购置费", "公务用车运行费", "公务接待费"]
    header = [
        [("“三公”经费合计", 1, 2), ("因公出国（境）费", 1, 2), ("公务用车购置及运行费", 3, 1), ("公务接待费", 1, 2)],
        [("小计", 1, 1), ("公务用车购置费", 1, 1), ("公务用车运行费", 1, 1)],
    ]
    expected = [("三公经费支出表", None, None, "支出", n, house.yuan(v)) for n, v in zip(names, values, strict=True)]
    row = [house.money(v) for v in values]
    return Printed(None, "一般公共预算“三公”经费支出表", house.unit, header, [row], [1.2] * 6, None, expected)


def _empty(house: House, title: str, group: str, year: int) -> Printed:
    header = [
        [("科目编码", 1, 2), ("科目名称", 1, 2), (group, 3, 1)],
        [("合计", 1, 1), ("基本支出", 1, 1), ("项目支出", 1, 1)],
    ]
    note = f"{year}年没有使用{title[:-5]}预算拨款安排的支出。"
    return Printed(None, title, house.unit, header, [], [1.1, 2.6, 1.1, 1.1, 1.1], note)


def _fund(house: House) -> Printed:
    return _empty(house, "政府性基金预算支出表", "本年政府性基金预算支出", house.budget.year)


def _capital(house: House) -> Printed:
    return _empty(house, "国有资本经营预算支出表", "本年国有资本经营预算支出", house.budget.year)


def _projects(house: House) -> Printed:
    total = _totals(house)[3]
    groups = ["本年拨款", "财政拨款结转结余"]
    sources = ["一般公共预算", "政府性基金预算", "国有资本经营预算"]
    columns = [
        ("合计", "合计"),
        *[(s, f"{g}/{s}") for g in groups for s in sources],
        ("财政专户管理资金", "财政专户管理资金"),
        ("单位资金", "单位资金"),
    ]
    header = [
        [
            ("项目编码", 1, 2),
            ("项目名称", 1, 2),
            ("合计", 1, 2),
            *[(g, 3, 1) for g in groups],
            ("财政专户管理资金", 1, 2),
            ("单位资金", 1, 2),
        ],
        [(s, 1, 1) for _ in groups for s in sources],
    ]

    def values(v: Decimal) -> list[Decimal | None]:
        return [v, v, *[None] * 7]

    rows = [("", "", values(total)), ("301", house.budget.department, values(total))]
    rows += [(code, name, values(v)) for code, name, v in house.budget.projects]
    table = house.coded("项目支出表", "项目支出表", "支出", columns, rows, header, 1)
    table.widths = [2.6, 2.2, *([1.2] * 9)]
    return table


def _style_b(house: House) -> list[Printed]:
    year = f"{house.budget.year}年部门"
    n = 3
    total, people, public, project = _totals(house)
    left = [
        Panel(label, name, None, "收入", [("预算数", total if i == 0 else None)])
        for i, (label, name) in enumerate(
            (("一、财政拨款收入", "财政拨款收入"), ("二、事业收入", "事业收入"), ("三、其他收入", "其他收入"))
        )
    ]
    right = []
    spent = [(c, name, v) for c, name, v in house.budget.rows() if len(c) == 3]
    for i, (code, name, v) in enumerate(spent, 1):
        values = [("合计", sum(v, Z)), ("人员经费", v[0]), ("公用经费", v[1]), ("项目支出", v[2])]
        right.append(Panel(f"{ordinal(i)}、{name}", name, code, "支出", values))
    empty_left, empty_right = Panel("", None, None, "", [("", None)]), Panel("", None, None, "", [("", None)] * 4)
    height = max(len(left), len(right))
    left += [empty_left] * (height - len(left))
    right += [empty_right] * (height - len(right))
    left.append(Panel("收入总计", "收入总计", None, "收入", [("预算数", total)]))
    sums = [("合计", total), ("人员经费", people), ("公用经费", public), ("项目支出", project)]
    right.append(Panel("支出总计", "支出总计", None, "支出", list(sums)))
    header = [
        [("本年收入", 2, 1), ("本年支出", 5, 1)],
        [("项目", 1, 3), ("预算数", 1, 3), ("项目", 1, 3), ("预算数", 4, 1)],
        [("合计", 1, 2), ("基本支出", 2, 1), ("项目支出", 1, 2)],
        [("人员经费", 1, 1), ("公用经费", 1, 1)],
    ]
    first = house.panels(
        "收支总表", f"{year}财务收支预算总表", header, [left, right], [2.2, 1.4, 2.4, 1.4, 1.4, 1.4, 1.4]
    )
    income = [("合计", "合计"), ("财政拨款收入", "财政拨款收入"), ("事业收入", "事业收入"), ("其他收入", "其他收入")]
    code, name = "功能分类科目编码", "功能分类科目名称"
    head = house.code_header(code, name, "收入预算", [c for c, _ in income], n)
    second = house.coded("收入总表", f"{year}收入预算总表", "收入", income, house.functional_rows("income"), head, n)
    short = [(c, c) for c in ("合计", "基本支出", "项目支出")]
    tables = [first, second]
    for dataset, title, top in (
        ("支出总表", f"{year}支出预算总表", "支出预算"),
        ("一般公共预算支出表", f"{year}一般公共预算支出功能分类预算表", "一般公共预算支出"),
    ):
        head = house.code_header(code, name, top, [c for c, _ in short], n)
        tables.append(house.coded(dataset, title, "支出", short, house.functional_rows("short"), head, n))
    for title, word in (
        (f"{year}政府性基金预算支出功能分类预算表", "政府性基金预算"),
        (f"{year}国有资本经营预算支出功能分类预算表", "国有资本经营预算"),
    ):
        head = house.code_header(code, name, f"{word}支出", [c for c, _ in short], n)
        rows = [["", "", "", "合计", "", "", ""]]
        dataset = f"{word}支出表"
        expected = [(dataset, None, "合计", "支出", c, None) for c, _ in short]
        note = f"注：本部门{house.budget.year}年无{word}安排的预算，故本表为空表。"
        tables.append(Printed(None, title, house.unit, head, rows, [0.5, 0.5, 0.5, 2.6, 1.1, 1.1, 1.1], note, expected))
    economic = [(c, c) for c in ("合计", "人员经费", "公用经费")]
    head = house.code_header(
        "经济分类科目编码", "部门经济分类科目名称", "一般公共预算基本支出", [c for c, _ in economic], 2
    )
    title = f"{year}一般公共预算基本支出部门预算经济分类预算表"
    tables.append(house.coded("一般公共预算基本支出表", title, "支出", economic, _economic_rows(house), head, 2))
    tables.append(_three(house))
    tables[-1].title = f"{year}“三公”经费预算表"
    return tables


def _style_c(house: House) -> list[Printed]:
    total, people, public, project = _totals(house)
    left = [Panel("一、财政拨款", "财政拨款", None, "收入", [("预算数", total)])]
    left += [
        Panel(f"{i}.{n}", n, None, "收入", [("预算数", total if i == 1 else None)])
        for i, n in enumerate(("一般公共预算", "政府性基金预算"), 1)
    ]
    left += [
        Panel("二、财政专户管理资金", "财政专户管理资金", None, "收入", [("预算数", None)]),
        Panel("三、其他资金", "其他资金", None, "收入", [("预算数", None)]),
    ]
    middle = [
        Panel(label, name, code, "支出", [("预算数", sum(v, Z) if v else None)])
        for label, name, code, v in house.class_rows("A")
    ]
    right = [
        Panel("一、基本支出", "基本支出", None, "支出", [("预算数", people + public)]),
        Panel("二、项目支出", "项目支出", None, "支出", [("预算数", project)]),
        Panel("三、单位预留机动经费", "单位预留机动经费", None, "支出", [("预算数", None)]),
    ]
    blank = Panel("", None, None, "", [("", None)])
    left += [blank] * (len(middle) - len(left))
    right += [blank] * (len(middle) - len(right))
    for block, name, way in ((left, "收入合计", "收入"), (middle, "支出合计", "支出"), (right, "支出合计", "支出")):
        block.append(Panel(name, name, None, way, [("预算数", total)]))
    header = [
        [("收入", 2, 1), ("支出", 4, 1)],
        [("项目名称", 1, 2), ("金额", 1, 2), ("功能分类", 2, 1), ("支出用途", 2, 1)],
        [("功能科目名称", 1, 1), ("金额", 1, 1), ("项目名称", 1, 1), ("金额", 1, 1)],
    ]
    first = house.panels("收支总表", "收支预算总表", header, [left, middle, right], [2, 1.2, 2.4, 1.2, 2, 1.2])
    tables = [first]
    one = [("金额", "预算数")]
    for dataset, title in (("财政拨款支出表", "财政拨款支出预算表"), ("一般公共预算支出表", "一般公共预算支出预算表")):
        head = house.code_header("功能科目代码", "功能科目名称", "", ["金额"], 1)
        tables.append(house.coded(dataset, title, "支出", one, house.functional_rows("one"), head, 1))
    economic = [(code, name, [values[0]]) for code, name, values in _economic_rows(house)]
    for dataset, title in (
        ("财政拨款基本支出表", "财政拨款基本支出预算表"),
        ("一般公共预算基本支出表", "一般公共预算基本支出预算表"),
    ):
        head = house.code_header("科目编码", "科目名称", "", ["金额"], 1)
        tables.append(house.coded(dataset, title, "支出", one, economic, head, 1))
    three = _three(house)
    three.title = "一般公共预算“三公”经费支出预算表"
    tables.append(three)
    return tables
