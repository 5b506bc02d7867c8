"""Make the samples' font: Noto Sans CJK SC (SIL Open Font License 1.1), cut to the characters that the samples print.

    python -m samples.font /path/to/NotoSansCJK-Regular.ttc

Letters that few looks need are in a font of their own, so that samples that need none stay as they are.

The outlines are turned from cubic to quadratic, since the PDF writer embeds TrueType only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

HERE = Path(__file__).parent
FONT = HERE / "fonts" / "YusuanSample.ttf"
RARE_FONT = HERE / "fonts" / "YusuanSampleRare.ttf"
RARE = "０１２３４５６７８９．－−△▲〇⼀⽬⽀⾦⼈⾏"


def charset() -> str:
    """Every character of the generator's own source and of the specs: words, codes and names that samples may print."""
    specs = HERE.parent / "parsers" / "specs"
    files = [*HERE.glob("*.py"), *specs.rglob("*.toml"), *specs.rglob("*.csv")]
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(files)) + "¥　"
    return "".join(sorted({c for c in text if c.isprintable()} | {chr(c) for c in range(32, 127)}))


def main(source: str) -> None:
    """Write the font files."""
    _write(source, charset(), FONT)
    _write(source, RARE, RARE_FONT)


def _write(source: str, text: str, target: Path) -> None:
    font = next(f for f in TTCollection(source).fonts if "SC" in str(f["name"].getDebugName(4)))
    options = subset.Options(layout_features=[], hinting=False, name_IDs=[1, 2, 4, 6, 13, 14], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    _to_truetype(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = target.stem
    target.parent.mkdir(exist_ok=True)
    font.save(target)


def _to_truetype(font: TTFont) -> None:
    glyphs = font.getGlyphSet()
    order = font.getGlyphOrder()
    table = newTable("glyf")
    table.glyphs, table.glyphOrder = {}, order
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), table
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in (
        "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
        "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
        "maxCompositeContours", "maxComponentDepth",
    ):  # fmt: skip
        setattr(maxp, field, 1 if field == "maxZones" else 0)
    font["post"].formatType = 3.0
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    font.sfntVersion = "\x00\x01\x00\x00"


if __name__ == "__main__":
    main(sys.argv[1])
