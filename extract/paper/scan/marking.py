"""What is said of each cell of a recognised page: that it was recognised, how surely, and what was put right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from extract.paper.model import Box, Cell, PageLayout, TablePart, Word
from extract.paper.page_layout import TURNED
from extract.paper.scan.dictionary import Dictionary, Slip
from extract.paper.scan.grammar import DASH, dashes, numeric, odd_ones, separated
from extract.paper.scan.models import Letter
from extract.paper.scan.picture import Picture
from extract.paper.scan.readings import SURE_TEXT, Reading

OCR, DOUBTED, BY_WORD = "OCR", "OCR存疑", "OCR词典"  # marks of cells


@dataclass(slots=True)
class Marking:
    """Says of each cell of a page that it was recognised, and which are doubted."""

    picture: Picture
    words: dict[Word, Reading]
    dictionary: Dictionary

    def mark(self, content: PageLayout) -> None:
        """Mark every cell, and tell its box on the page as displayed."""
        for table in content.blocks:
            if isinstance(table, TablePart):
                table.cells = [self._marked(cell) for cell in table.cells]
                _read_dashes(table)
                self._doubt_odd(table)
                for cell in table.cells:
                    if cell.bbox is not None:
                        cell.bbox = self.picture.place.displayed(cell.bbox)
                    if self.picture.lies:
                        cell.marks = (*cell.marks, TURNED)

    def _doubt_odd(self, table: TablePart) -> None:
        """Doubt the numbers and codes that break the habits of their column."""
        for cells in _columns(table):
            texts = [cell.text if "\n" in cell.text else separated(cell.text)[0] for cell in cells]
            codes = [("".join(cell.text.split()), cell.confidence or 0.0) for cell in cells]
            for i in odd_ones(texts) | self.dictionary.odd_codes(codes):
                if DOUBTED not in cells[i].marks:
                    cells[i].marks = (*cells[i].marks, DOUBTED)

    def _marked(self, cell: Cell) -> Cell:
        box = cell.bbox
        if box is None:
            return replace(cell, marks=(*cell.marks, OCR))
        mine = [r for w, r in self.words.items() if _inside(box, (w.x0 + w.x1) / 2, (w.top + w.bottom) / 2)]
        speck = not cell.text and any(self.picture.boxes_in(box, self.picture.specks))
        dirty = speck or self.picture.blotted(box)
        if not cell.text and not dirty:
            return cell
        odd = len(mine) > 1 and "\n" not in cell.text and numeric(cell.text)  # a number in pieces
        if odd and not any(map(str.isspace, cell.text)):
            cell = replace(cell, text=separated(cell.text)[0])
        doubted = dirty or odd or any(r.doubted for r in mine)
        sure = min((r.confidence for r in mine), default=None)
        letters = _letters_of(cell.text, mine)
        slip = self.dictionary.slip(letters)
        if slip is not None:
            text = _with(cell.text, slip)
            unsure = min(x.sure for i, x in enumerate(letters) if i != slip.at) < SURE_TEXT
            doubted = dirty or unsure or any(r.doubted and r.confidence >= SURE_TEXT for r in mine)
            cell = replace(cell, text=text, first=cell.text, marks=(*cell.marks, BY_WORD))
        return replace(cell, marks=(*cell.marks, OCR, *([DOUBTED] if doubted else [])), confidence=sure)


def _letters_of(text: str, readings: list[Reading]) -> list[Letter]:
    """The characters of a cell without blanks, in printed order; none where the readings do not make up its text."""
    left, letters, rest = list(readings), [], "".join(text.split())
    while rest:
        pieces = [r for r in left if r.letters and rest.startswith("".join(r.text.split()))]
        if not pieces:
            return []
        piece = max(pieces, key=lambda r: len(r.text))
        left.remove(piece)
        rest = rest[len("".join(piece.text.split())) :]
        letters += [letter for letter in piece.letters if not letter.text.isspace()]
    return letters


def _with(text: str, slip: Slip) -> str:
    """``text`` with one character put right; its blanks do not count."""
    at = [i for i, character in enumerate(text) if not character.isspace()][slip.at]
    return text[:at] + slip.character + text[at + 1 :]


def _inside(box: Box, x: float, y: float) -> bool:
    return box.x0 <= x <= box.x1 and box.top <= y <= box.bottom


def _read_dashes(table: TablePart) -> None:
    """A level stroke alone in a column of numbers is a dash, though it is read as the numeral one."""
    for cells in _columns(table):
        for i in dashes([cell.text for cell in cells]):
            cells[i].text = DASH


def _columns(table: TablePart) -> list[list[Cell]]:
    """The filled cells of each column that span no other."""
    columns: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        if cell.colspan == 1 and cell.text:
            columns[cell.col].append(cell)
    return list(columns.values())
