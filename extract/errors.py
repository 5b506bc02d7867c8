"""Why a document, or a run, cannot be done: one class per reason, with its exit code and advice.

The codes of these classes and of ``PARTIAL`` are all that 错误代码 can hold.
"""

from __future__ import annotations

from enum import Enum

PAGE_DAMAGED, PAGES_MISSING = "PageDamaged", "PagesMissing"
PAGE_GARBLED, PAGE_WITHOUT_TEXT = "PageGarbled", "PageWithoutText"
ROWS_UNREAD = "RowsUnread"
VALUES_MISSING = "ValuesMissing"
PARTIAL = {  # why a document is 部分; where several hold, the first
    PAGE_DAMAGED: "a page could not be read, or holds more than can be read within bounds",
    PAGES_MISSING: "qpdf counts more pages than could be read",
    PAGE_GARBLED: "the text layer of a page names wrong characters: what it shows and what was read differ",
    PAGE_WITHOUT_TEXT: "a page is a picture, without text",
    ROWS_UNREAD: "lines hold rows of figures of which no table could be made, or whose columns are not certain (列位存疑)",
    VALUES_MISSING: "formulas were saved without their values",
}


OCR_LINE = "pip install 'yusuan[ocr]'"  # what to type where pictures are not recognised for want of the extra


class Retry(Enum):
    """When a later run tries a failed document again."""

    NEW_VERSION = "new version"  # the same bytes fail in the same way
    NEW_LIMITS = "new limits"
    NEW_EXTRAS = "new extras"  # recognition, where it was not installed
    ALWAYS = "always"


class ExtractError(Exception):
    """Base of all expected failures.  ``code`` goes into the data, ``advice`` to the user."""

    code = "失败"
    exit_code = 1
    advice = ""
    retry = Retry.NEW_VERSION

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def line(self) -> str:
        """One line for the terminal."""
        parts = [self.detail or self.code, self.advice]
        return "; ".join(part for part in parts if part)


class NotAPDF(ExtractError):
    code = "NotAPDF"
    advice = "the file does not begin like a PDF: check what was downloaded"


class NotText(ExtractError):
    code = "NotText"
    advice = "the file is no plain text: check what was downloaded"


class NotOffice(ExtractError):
    code = "NotOffice"
    advice = (
        "the file is no workbook, document, page or archive of the kind that its name says: check what was downloaded"
    )


class Overfull(ExtractError):
    code = "Overfull"
    advice = "it holds more than any budget does: check what was downloaded"


class NeedsOffice(ExtractError):
    code = "NeedsOffice"
    advice = "install LibreOffice (soffice), or save it as .docx or .xlsx first"
    retry = Retry.ALWAYS


class Empty(ExtractError):
    code = "Empty"
    advice = "the file holds no byte: download it again"


class Encrypted(ExtractError):
    code = "Encrypted"
    advice = "a password is needed: save an open copy first (qpdf --decrypt)"


class Damaged(ExtractError):
    code = "Damaged"
    advice = "the file is cut short or broken: download it again, or try qpdf"


class NoTextLayer(ExtractError):
    code = "NoTextLayer"
    advice = f"its pages are pictures, or text drawn as outlines: {OCR_LINE} to have them recognised"
    retry = Retry.NEW_EXTRAS


class Blank(ExtractError):
    code = "Blank"
    advice = "nothing is printed in it: check what was downloaded"


class Unreadable(ExtractError):
    code = "Unreadable"
    retry = Retry.ALWAYS
    advice = "check that the path exists and may be read"


class TimedOut(ExtractError):
    code = "TimedOut"
    retry = Retry.NEW_LIMITS
    advice = "give it more time with --timeout if it is worth it"


class TooMuchMemory(ExtractError):
    code = "TooMuchMemory"
    retry = Retry.NEW_LIMITS
    advice = "give it more with --memory if it is worth it"


class TooLarge(TooMuchMemory):
    advice = "give it more with --max-size if it is worth it"


class Crashed(ExtractError):
    code = "Crashed"
    advice = "the file breaks the PDF library: try --engine plumber"
    retry = Retry.NEW_LIMITS  # some libraries abort where memory ends


class Killed(ExtractError):
    """Nothing about the document is known: somebody, or the system short of memory, killed its worker."""

    code = "Killed"
    advice = "its worker was killed from outside: run the same command again"
    retry = Retry.ALWAYS


class Internal(ExtractError):
    """A bug of ours met in one document: reported as such, never hidden."""

    code = "Internal"
    exit_code = 70
    advice = "this is a bug: please report it with the file"


class SpecError(ExtractError):
    code = "SpecError"
    exit_code = 9
    advice = "mend the table spec that is named"


class OutputError(ExtractError):
    code = "OutputError"
    exit_code = 5
    advice = "check that the output folder exists, may be written and has room"


class NothingToDo(ExtractError):
    code = "NothingToDo"
    exit_code = 4
    advice = "give PDF, Word, Excel, HTML, text or zip files, or folders that hold some"


class UsageError(ExtractError):
    code = "UsageError"
    exit_code = 2
