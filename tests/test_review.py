"""``yusuan review``: pages in a real browser, hostile text, and what its server refuses."""

from __future__ import annotations

import csv
import http.client
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from extract import show
from extract.cli import app
from extract.errors import UsageError
from extract.store.export.workbook import _flags, _note
from extract.store.reader import open_outputs
from extract.store.verdicts import FILE, Applied, given, read_verdicts
from extract.views.overlay import mark_findings
from extract.views.review.links import _fitted
from extract.views.review.model import GridCell
from extract.views.review.server import Desk, make_server

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "caption_in_grid.pdf"
HEAD = "{title}\n表3\n支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
ROWS = "\t合计\t10.00\t9.00\t\n208\t{name}\t10.00\t9.00\t\n20805\t养老支出\t10.00\t9.00\t\n2080501\t行政单位离退休\t10.00\t9.00\t\n"
HOSTILE = '"onmouseover="document.title=1" <script>document.title=1</script> <img src=x onerror=document.title=1> javascript:alert(1)'


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a PDF, a text whose sums fail, and a text that tries to be run."""
    folder = tmp_path_factory.mktemp("review")
    shutil.copy(SAMPLE, folder / "sample.pdf")
    (folder / "审计局.txt").write_text(
        HEAD.format(title="东湖市审计局2024年部门预算") + ROWS.format(name="社会保障"), "utf-8"
    )
    name = "长" * 3000 + HOSTILE
    (folder / "<script>.txt").write_text(
        HEAD.format(title=f"东湖市{HOSTILE}2024年部门预算") + ROWS.format(name=name), "utf-8"
    )
    run("extract", folder, "-o", folder / "out", "-q", "--jobs", 0)
    return folder


@pytest.fixture(scope="module")
def site(made: Path) -> Path:
    done = run("review", made / "out", "-o", made / "site")
    assert done.exit_code == 0, done.output
    return made / "site"


def document(site: Path, text: str) -> Path:
    return next(p for p in sorted((site / "d").glob("*.html")) if text in p.read_text("utf-8"))


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_nothing_of_a_document_is_markup(site: Path) -> None:
    pages = [site / "index.html", *(site / "d").glob("*.html")]
    assert any("onmouseover=" in p.read_text("utf-8") for p in pages)
    for page in pages:
        tags = Tags(page.read_text("utf-8")).found
        assert not [a for _, attributes in tags for a in attributes if a.startswith("on") or a == "style"]
        assert sum(tag == "script" for tag, _ in tags) == (2 if page.parent.name == "d" else 1)
        assert all((a["src"] or "").startswith("../p/") for tag, a in tags if tag == "img")
        assert all((a["href"] or "").startswith(("#", "d/", "../index.html")) for tag, a in tags if tag == "a")
        policy = next(a["content"] or "" for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy")
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy


def test_pictures_are_there_for_pages_with_tables(site: Path, made: Path) -> None:
    page = document(site, "sample.pdf")
    pictures = sorted((site / "p" / page.stem).glob("*.webp"))
    assert pictures and all(p.read_bytes()[8:12] == b"WEBP" for p in pictures)
    assert len(Tags(page.read_text("utf-8")).found) > 500
    done = run("review", made / "out", "-o", made / "whole", "--all")
    assert done.exit_code == 0 and len(list((made / "whole" / "p" / page.stem).glob("*.webp"))) == 8 > len(pictures)


def test_a_source_that_is_gone_is_found_by_its_hash(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "in").mkdir()
    shutil.copy(SAMPLE, tmp_path / "in" / "a.pdf")
    run("extract", tmp_path / "in", "-o", out, "-q", "--jobs", 0)
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "a.pdf").rename(tmp_path / "elsewhere" / "b.pdf")
    assert "1 of them without pictures" in run("review", out, "-o", tmp_path / "site").output
    page = next((tmp_path / "site" / "d").glob("*.html")).read_text("utf-8")
    assert "来源文件不在原处" in page and "<img" not in page and "<td" in page
    run("review", out, "-o", tmp_path / "site", "--sources", tmp_path / "elsewhere")
    assert "<img" in next((tmp_path / "site" / "d").glob("*.html")).read_text("utf-8")


@pytest.fixture
def desk(made: Path) -> Iterator[str]:
    (made / "out" / FILE).unlink(missing_ok=True)
    server, address = make_server(Desk(made / "out", who="tester"), 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    server.server_close()


def asked(address: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
    host, _, token = address.removeprefix("http://").rstrip("/").partition("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    sent = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json", **headers}
    connection.request(method, path.replace("TOKEN", token), None if body is None else json.dumps(body), sent)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_server_refuses_what_it_should(desk: str, made: Path) -> None:
    assert asked(desk, "GET", "/TOKEN/")[0] == 200
    assert asked(desk, "GET", "/")[0] == asked(desk, "GET", "/TOKENx/")[0] == 404
    assert asked(desk, "GET", "/TOKEN/", Host="evil.example")[0] == 403
    assert asked(desk, "GET", "/TOKEN/../../etc/passwd")[0] == asked(desk, "GET", "/TOKEN/d/../x.html")[0] == 404
    assert (
        asked(desk, "GET", f"/TOKEN/d/{'0' * 16}.html")[0]
        == asked(desk, "GET", f"/TOKEN/p/{'0' * 16}/1.webp")[0]
        == 404
    )
    verdict = {"document": "0" * 16, "key": "", "verdict": "照印", "text": ""}
    assert asked(desk, "POST", "/TOKEN/verdict", verdict, Origin="http://evil.example")[0] == 403
    assert asked(desk, "POST", "/TOKEN/verdict", verdict, **{"Content-Type": "text/plain"})[0] == 404
    assert asked(desk, "POST", "/TOKEN/verdict", verdict)[0] == asked(desk, "POST", "/TOKEN/verdict", [1])[0] == 400
    assert asked(desk, "POST", "/TOKEN/verdict", "x" * 20_000)[0] == 413
    assert not (made / "out" / FILE).exists()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no chromium with chromedriver is installed")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "headless", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking", "disable-component-update",
        "disable-sync", "window-size=1500,950", f"user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield opened
    opened.quit()


def waited(browser: Any, done: Callable[[], Any]) -> Any:
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, 10, 0.05).until(lambda _: done())


def press(browser: Any, keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(keys).perform()


def lines(made: Path) -> list[dict[str, str]]:
    with (made / "out" / FILE).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_index_is_sifted(browser: Any, site: Path) -> None:
    browser.get((site / "index.html").as_uri())
    assert browser.execute_script("return document.getElementById('count').textContent") == "3 / 3"
    browser.find_element("id", "f-grade").send_keys("存疑")
    assert browser.execute_script("return document.getElementById('count').textContent") == "2 / 3"
    browser.find_element("id", "f-text").send_keys("审计局")
    shown = browser.execute_script(
        "return [...document.querySelectorAll('#documents tbody tr')].filter(r => !r.hidden).length"
    )
    assert shown == 1
    browser.find_element("id", "f-text").clear()
    browser.find_element("id", "f-grade").send_keys("—")
    browser.find_element("id", "language").click()
    assert browser.find_element("tag name", "h1").text == "Budget documents, reviewed"
    browser.find_element("id", "language").click()


def test_hostile_pages_run_nothing(browser: Any, site: Path) -> None:
    for page in (site / "index.html", document(site, "长" * 100)):
        browser.get(page.as_uri())
        title = browser.title
        browser.execute_script(
            "document.querySelectorAll('td, a, span').forEach(e => e.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})))"
        )
        assert browser.title == title != "1"
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


def test_a_value_lights_its_box(browser: Any, site: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    browser.get(document(site, "sample.pdf").as_uri())
    cell = browser.find_element("css selector", "td.a:not(:empty)")
    ActionChains(browser).move_to_element(cell).perform()
    lit = browser.execute_script("return [...document.querySelectorAll('rect.on')].map(r => r.dataset.c)")
    assert lit == [cell.get_attribute("id")]
    ActionChains(browser).move_to_element(browser.find_element("css selector", "h1")).perform()
    assert browser.execute_script("return document.querySelectorAll('.on').length") == 0
    loaded = browser.execute_script("const i = document.querySelector('img'); return [i.complete, i.naturalWidth]")
    assert loaded[0] and loaded[1] > 800


def test_a_verdict_by_key_is_saved_and_stays(browser: Any, desk: str, made: Path, site: Path) -> None:
    page = f"{desk}d/{document(site, '审计局').stem}.html"
    browser.get(page)
    press(browser, "j")
    assert browser.execute_script("return document.querySelectorAll('.finding.current').length") == 1
    assert browser.execute_script("return document.querySelectorAll('td.chosen.doubt').length") == 1
    assert "公布值" in browser.find_element("css selector", ".finding.current .detail").text
    press(browser, "y")
    waited(browser, lambda: (made / "out" / FILE).exists())
    waited(browser, lambda: "照印" in browser.find_element("css selector", ".current .given").text)
    (line,) = lines(made)
    assert (line["意见"], line["核对人"], line["原文"]) == ("照印", "tester", "10.00") and line["时间"]
    press(browser, "e")
    field = browser.find_element("id", "editor-text")
    field.clear()
    field.send_keys("不是数\n")
    waited(browser, lambda: "改正" in browser.find_element("id", "said").text)
    field.clear()
    field.send_keys("9.00\n")
    waited(browser, lambda: lines(made)[0]["意见"] == "改正")
    assert lines(made)[0]["改为"] == "9.00" and len(lines(made)) == 1
    browser.get(page)
    assert "改正 9.00" in browser.find_element("css selector", ".given:not(:empty)").text
    press(browser, "j")
    press(browser, "n")
    waited(browser, lambda: lines(made)[0]["意见"] == "读错")
    press(browser, "n")
    waited(browser, lambda: lines(made) == [])
    assert [e for e in browser.get_log("browser") if e["level"] == "SEVERE" and "400" not in e["message"]] == []


@pytest.fixture(scope="module", params=["zh", "en"])
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a corrected cell, a confirmed one, one that was misread, and a verdict on what has changed."""
    folder = tmp_path_factory.mktemp("judged")
    (folder / "a.txt").write_text(
        HEAD.format(title="东湖市审计局2024年部门预算") + ROWS.format(name="社会保障"), "utf-8"
    )
    run("extract", folder / "a.txt", "-o", folder / "out", "-q", "--jobs", 0, "--labels", request.param)
    desk = Desk(folder / "out", who="=1+1")
    (document,) = desk._run.documents
    for key, verdict, text in (
        ("1|3", "改正", "1,000.5"),
        ("2|3", "照印", ""),
        ("3|3", "读错", ""),
        ("4|3", "照印", ""),
    ):
        assert desk.take({"document": document, "key": f"支出总表|1|{key}", "verdict": verdict, "text": text})
    file = folder / "out" / FILE
    head, *lines = file.read_text("utf-8-sig").splitlines()
    lines[-1] = lines[-1].replace(",10.00,", ",11.00,")
    file.write_text("\n".join((head, *lines)) + "\n", "utf-8")
    return folder


def test_verdicts_are_laid_beside_amounts(judged: Path) -> None:
    done = run("collect", judged / "out", "-o", judged / "panel")
    assert done.exit_code == 0 and done.output.count("is not applied") == 1 and "行号 4 列号 3" in done.output
    panel = open_outputs(judged / "panel").table("支出总表").to_pylist()
    assert run("export", judged / "out", "--to", "csv", "-o", judged / "csv").output.count("is not applied") == 1
    run("export", judged / "panel", "--to", "csv", "-o", judged / "again")
    found = {(r["行号"], r["列号"]): r for r in panel}
    assert [found[n, 3]["金额_核定"] for n in (1, 2, 3, 4)] == [10_005_000, 100_000, None, None]
    assert [("人工核定" in r["标记"]) for r in panel if r["列号"] == 3] == [True, True, True, False]
    assert all(r["金额_核定"] is None for r in panel if r["列号"] != 3)
    assert found[1, 3]["金额"] == 100_000
    resources = json.loads((judged / "panel" / "datapackage.json").read_text("utf-8"))["resources"]
    resource = next(r for r in resources if r["title"] == "支出总表")
    described = [f["name"] for f in resource["schema"]["fields"]]
    assert described == pq.read_schema(judged / "panel" / resource["path"]).names
    for folder in ("csv", "again"):
        file = (judged / folder / resource["path"]).with_suffix(".csv")
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        assert [float(r.get("金额_核定", r.get("amount_checked")) or 0) for r in rows].count(10_005_000) == 1


def test_wide_tables_and_workbooks_hold_what_people_found(judged: Path) -> None:
    """They gave the figure as it was read, whatever somebody had found on the page."""
    for source in ("out", "panel"):
        run("collect", judged / "out", "-o", judged / "panel")
        run("export", judged / source, "--to", "csv", "--wide", "--names", "zh", "-o", judged / f"wide_{source}")
        with (judged / f"wide_{source}" / "支出总表_wide.csv").open(encoding="utf-8-sig", newline="") as handle:
            found = [row["合计_预算"] for row in csv.DictReader(handle)]
        assert found == ["10005000", "100000", "", "100000"]
    done = run("export", judged / "out", "--to", "excel", "--per", "document", "-o", judged / "books")
    assert done.output.count("is not applied") == 1
    (book,) = (judged / "books").glob("*.xlsx")
    rows = [row[:2] for row in openpyxl.load_workbook(book)["核对"].iter_rows(values_only=True)]
    assert [kind for grade, kind in rows if grade == "人工核定"] == ["改正", "照印", "读错"]


def test_a_mended_figure_stands_in_its_cell_of_the_workbook() -> None:
    box = dict(zip(("页码", "x0", "y0", "x1", "y1"), (1, 1.0, 2.0, 3.0, 4.0), strict=True))
    row = {
        "文档": "d",
        "数据集": "支出总表",
        "表序": 1,
        "行号": 1,
        "列号": 3,
        "原文": "10.00",
        "金额": None,
        "标记": None,
        **box,
    }
    verdict = given({**row, "计量单位": "万元"}, "改正", "12.00", "me", "now")
    (flag,) = _flags([row], [], Applied({verdict.key: verdict})).values()
    assert flag.colour() == "核定" and "改正" in _note({"文本": "10.00", **box}, flag)


def test_a_formula_in_a_name_is_disarmed_and_read_back(judged: Path) -> None:
    assert ",'=1+1," in (judged / "out" / FILE).read_text("utf-8")
    assert {v.核对人 for v in read_verdicts(judged / "out").values()} == {"=1+1"}


def test_a_notebook_shows_one_table(made: Path, site: Path) -> None:
    shown = show(made / "sample.pdf", table=1)
    pieces = [a for tag, a in Tags(shown.html).found if tag == "table"]
    assert len(pieces) == 1 and "data:image/webp;base64," in shown.html
    frame = Tags(shown._repr_html_()).found
    assert [tag for tag, _ in frame] == ["iframe"] and frame[0][1]["srcdoc"] == shown.html
    assert "allow-same-origin" not in (frame[0][1]["sandbox"] or "")
    assert "审计局" in show(document(site, "审计局").stem, outputs=made / "out").html
    with pytest.raises(UsageError, match="choose 公开01表"):
        show(made / "sample.pdf", table="表99")


def test_a_finding_is_marked_on_a_drawn_page(tmp_path: Path) -> None:
    red = Image.new("RGB", (200, 200), "white")
    mark_findings(red, [{"x0": 20.0, "y0": 30.0, "x1": 60.0, "y1": 40.0, "等级": "矛盾", "规则": "W3"}])
    assert red.getpixel((39, 70)) == (180, 35, 24) and red.getpixel((180, 180)) == (255, 255, 255)
    done = run("inspect", SAMPLE, "--page", 3, "--png", tmp_path / "page.png")
    assert done.exit_code == 0 and (tmp_path / "page.png").exists()


def test_amounts_of_merged_columns_are_found_by_their_texts() -> None:
    printed = ["208", "社会保障", "1.00", "", "2.00"]
    cells = {n: GridCell(n, {"文本": text, "列": n}) for n, text in zip((1, 2, 4, 5, 7), printed, strict=True)}
    amounts = [{"科目名称": "社会保障", "列号": n, "原文": text} for n, text in ((3, "1.00"), (4, None), (5, "2.00"))]
    assert [(a["原文"], c.number) for a, c in _fitted(cells, amounts)] == [("1.00", 4), ("2.00", 7)]
    assert _fitted(cells, [{**amounts[0], "原文": "3.00"}]) == []
