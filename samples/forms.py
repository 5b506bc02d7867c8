"""Performance forms of style A: 整体支出绩效目标表 and 项目支出绩效目标表, sections with headers of their own."""

from __future__ import annotations

from decimal import Decimal

from samples.house import Expected, House, Printed

_WIDTHS = [1.3, 1.4, 1.4, 2.4, 1.2, 1.2, 1.3, 1.3]


def _whole(house: House) -> Printed:
    people, public, project = house.budget.total()
    total = people + public + project
    name = "整体绩效_资金情况"
    rows: list[list[str]] = [["部门(单位)名称", house.budget.organisation, *[""] * 6]]
    rows.append(
        [
            "部门总体资金情况",
            "总体资金情况",
            "",
            "",
            "当年金额",
            "占比",
            f"{house.budget.year - 2}年",
            f"{house.budget.year - 1}年",
        ]
    )
    expected: list[Expected] = []
    parts: list[tuple[str, str, Decimal | None]] = [
        ("收入构成", "财政拨款", total), ("", "单位资金", None), ("", "合计", total),
        ("支出构成", "人员类项目支出", people), ("", "运转类项目支出", public), ("", "特定目标类项目支出", project), ("", "合计", total),
    ]  # fmt: skip
    direction = ""
    for group, label, value in parts:
        direction = group[:2] or direction
        printed = house.money(value)
        rows.append(["", group, label, "", printed, "100%" if value == total else "", printed, printed])
        for measure in ("当年金额", "占比", f"{house.budget.year - 2}年", f"{house.budget.year - 1}年"):
            amount = None if measure == "占比" else house.yuan(value)
            expected.append((name, None, label, direction, measure, amount))
    rows.append(
        ["项目支出情况", "项目名称", "支出项目类别", "", "项目总预算", "项目本年度预算", "项目主要支出方向和用途", ""]
    )
    for _, project_name, value in house.budget.projects:
        printed = house.money(value)
        rows.append(["", project_name, "特定目标类项目", "", printed, printed, "运行保障", ""])
        for measure in ("项目总预算", "项目本年度预算"):
            expected.append(("整体绩效_项目情况", None, project_name, None, measure, house.yuan(value)))
    rows += _indicators("年度绩效指标")
    return Printed(None, "整体支出绩效目标表", house.unit, [], rows, _WIDTHS, None, expected)


def _indicators(label: str) -> list[list[str]]:
    return [
        [label, "一级指标", "二级指标", "三级指标", "前年", "上年", "指标值", "指标值确定依据"],
        ["", "产出指标", "数量指标", "服务企业数量", "60", "65", "≥55 家", "计划数据"],
        ["", "", "", "举办活动场次", "2", "2", "2 场", "计划数据"],
        ["", "", "质量指标", "系统正常运行率", "98%", "98%", "≥98%", "统计数据"],
        ["", "效益指标", "社会效益指标", "促进企业健康发展", "是", "是", "是", "调研资料"],
        ["", "满意度指标", "服务对象满意度指标", "服务对象满意度", "95%", "95%", "≥95%", "计划数据"],
    ]


def _project(house: House) -> Printed:
    code, name, value = house.budget.projects[0]
    printed = house.money(value)
    year = str(house.budget.year)
    rows = [
        ["项目名称", name, "", "", "项目编码", code, "", ""],
        ["项目主管部门", house.budget.department, "", "", "项目执行单位", house.budget.organisation, "", ""],
        ["项目属性", "延续性项目", *[""] * 6],
        ["起始年度", year, "", "", "终止年度", year, "", ""],
        ["项目总预算", printed, "", "", "项目当年预算", printed, "", ""],
        ["项目当年资金来源", "来源项目", "", "", "金额", "", "", ""],
        ["", "合计", "", "", printed, "", "", ""],
        ["", "1.一般公共预算财政拨款", "", "", printed, "", "", ""],
        ["", "2.政府性基金预算财政拨款", "", "", "", "", "", ""],
        ["项目支出明细测算", *[""] * 7],
        ["项目活动", "活动内容表述", "支出经济分类", "", "金额", "测算依据及说明", "备注", ""],
        ["运行维护", "系统运行维护服务", "委托业务费", "", printed, "按合同测算", "", ""],
        ["项目采购", *[""] * 7],
        ["品名", "数量", "", "", "金额", "", "", ""],
        ["办公电脑", "5 台", "", "", printed, "", "", ""],
        *_indicators("年度绩效指标"),
    ]
    amount = house.yuan(value)
    expected: list[Expected] = [
        ("项目资金来源", None, "合计", None, "金额", amount),
        ("项目资金来源", None, "一般公共预算财政拨款", None, "金额", amount),
        ("项目资金来源", None, "政府性基金预算财政拨款", None, "金额", None),
        ("项目支出明细", "30227", "系统运行维护服务", "支出", "金额", amount),
        ("项目采购", None, "办公电脑", "支出", "数量", None),
        ("项目采购", None, "办公电脑", "支出", "金额", amount),
    ]
    return Printed(None, "项目支出绩效目标表", house.unit, [], rows, _WIDTHS, None, expected)


def performance_forms(house: House) -> list[Printed]:
    """表11 and 表12-1."""
    return [_whole(house), _project(house)]
