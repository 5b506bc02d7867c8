"""A sample as an HTML page, and that page printed to PDF by a real browser."""

from __future__ import annotations

import html
import shutil
import subprocess
import tempfile
from pathlib import Path

from samples.font import FONT, RARE_FONT
from samples.house import Cell, Printed, Sample


def write_html(sample: Sample, body: str | None = None) -> str:
    """One self-contained page; ``body`` as for ``samples.paper.write_pdf``."""
    body = body or sample.body
    size = "A4 landscape" if sample.landscape else "A4"
    parts = [
        "<!doctype html><meta charset=utf-8><style>"
        f"@font-face{{font-family:Sample;src:url('{FONT.as_uri()}')}}"
        f"@font-face{{font-family:Rare;src:url('{RARE_FONT.as_uri()}')}}"
        f"@page{{size:{size};margin:16mm}}body{{font:9pt Sample,Rare}}"
        "h1,h2{text-align:center}h2{font-size:14pt;margin:8pt 0}table{border-collapse:collapse;width:100%}"
        "td,th{border:0.6pt solid #000;padding:2pt 3pt;font-weight:normal}td.n{text-align:right}"
        ".mark{position:fixed;top:45%;left:10%;font-size:48pt;color:#ccc;transform:rotate(-45deg);opacity:.5}"
        ".cap{display:flex;justify-content:space-between}.sheet{break-before:page}"
        f"{_rulings(sample, body)}{_mirrored(sample)}</style>",
        f"<h1>{html.escape(sample.title)}</h1>",
        f"<div class=mark>{sample.look.watermark}</div>",
    ]
    for table in sample.tables:
        parts.append(_table(table, sample))
    return "\n".join(parts)


_LINE = "{}pt {} {}"
# the rulings that a body has, as ``samples.paper.write_pdf`` has them
_RULINGS = {
    "rows": "td{{border-left:0;border-right:0}}",
    "columns": "td{{border-top:0;border-bottom:0}}table{{border-bottom:{line}}}",
    "none": "td{{border:0}}",
    "bare": "td,th{{border:0}}",
    "three": "td,th{{border:0}}table{{border-top:{line};border-bottom:{line}}}"
    "tr:has(th):not(:has(+tr th)) th{{border-bottom:{line}}}",
}


def _rulings(sample: Sample, body: str) -> str:
    """Style sheet of the rulings, of the letters and of what stands where in a cell."""
    look = sample.look
    stroke = {"pieces": "dashed"}.get(look.stroke, look.stroke)
    line = _LINE.format(2.4 if stroke == "double" else 0.6, stroke, look.colour or "#000")
    shade = "tbody tr:has(td):nth-child(even){background:#dde6f0}th{background:#c4d4e8}" if look.shaded else ""
    dark = "th{background:#1f3864;color:#fff}" if look.dark_heads else ""
    if look.stretch != 1.0:
        dark += f"td,th{{letter-spacing:{look.size * (look.stretch - 1) / 2:.2f}pt}}"
    if look.turned:
        dark += "@page wide{size:A4 landscape}.sheet:nth-of-type(even){page:wide}"
    if look.flowing:
        dark += ".sheet{break-before:auto!important}"
    return (
        f"body{{font-size:{look.size}pt}}td,th{{border:{line}}}{_RULINGS.get(body, '').format(line=line)}{shade}{dark}"
        f"td{{text-align:{look.names}}}td.n{{text-align:{look.figures}}}th{{text-align:{look.heads}}}td{{vertical-align:{look.vertical}}}"
    )


def _mirrored(sample: Sample) -> str:
    if not sample.mirror:
        return ""
    return f"@page:left{{margin-left:calc(16mm + {sample.mirror}pt);margin-right:calc(16mm - {sample.mirror}pt)}}"


def _table(table: Printed, sample: Sample) -> str:
    out = ["<section class=sheet>"]
    organisation = f"{sample.organisation_label}：{sample.budget.organisation}"
    n = len(table.widths)
    inner: list[list[Cell]] = []
    if table.inside:
        inner = [
            [(table.number or "", n, 1)],
            [(table.title, n, 1)],
            [(organisation, n - 1, 1), (f"单位：{table.unit}", 1, 1)],
        ]
    else:
        at = table.title_break
        title = "<br>".join(html.escape(t) for t in (table.title[:at], table.title[at:]) if t)
        unit, place = f"单位：{table.unit}" if table.unit_line else "", sample.look.unit
        if place == "title" and unit:
            title += f"（{unit}）"
        above = f"<div style='text-align:right'>{unit}</div>" if place == "above" else ""
        out.append(f"<div>{table.number or ''}</div>{above}<h2>{title}</h2>")
        pair = {"right": (organisation, unit), "left": (unit, organisation)}.get(place, (organisation, ""))
        out.append(f"<div class=cap><span>{pair[0]}</span><span>{pair[1]}</span></div>")
    total = sum(table.widths)
    out.append(
        "<table><colgroup>" + "".join(f"<col style='width:{w / total:.2%}'>" for w in table.widths) + "</colgroup>"
    )
    head = "thead" if sample.repeat_header else "tbody"
    out.append(f"<{head}>" + "".join(_row(r) for r in [*inner, *table.header]) + f"</{head}><tbody>")
    for row in table.rows:
        out.append("<tr>" + "".join(f"<td{_number(t)}>{_lines(t)}</td>" for t in row) + "</tr>")
    out.append("</tbody></table>")
    if table.note:
        out.append(f"<p>{html.escape(table.note)}</p>")
    return "".join(out) + "</section>"


def _row(row: list[Cell]) -> str:
    return "<tr>" + "".join(f"<th colspan={c} rowspan={r}>{_lines(t)}</th>" for t, c, r in row) + "</tr>"


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _number(text: str) -> str:
    return " class=n" if text.replace(",", "").replace(".", "").isdigit() else ""


def print_pdf(sample: Sample, target: Path, body: str | None = None) -> None:
    """Print with Chromium; raises ``FileNotFoundError`` where none is installed."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise FileNotFoundError("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "sample.html"
        page.write_text(write_html(sample, body), encoding="utf-8")
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
                f"--print-to-pdf={target.resolve()}", page.as_uri(),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
