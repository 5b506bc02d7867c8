"""The recogniser: pictures of single lines of text to characters, each with its probability.

Only the model of rapidocr's wheel is used, run by onnxruntime in one thread; nothing is downloaded.  It is loaded at
the first question, once a process: a fork server must not hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extract.errors import NoTextLayer

Grey = npt.NDArray[np.uint8]
HEIGHT = 48  # pixels: the height that the model reads
_STEP = 16  # pixels: strips of one batch differ by less than this in width
_BATCH = 12
_WIDEST = 1600  # pixels: a line wider than this is squeezed
_LEAST_WIDTH = 48
_BLANK = 0
UNSURE = 0.9  # probability: of a less sure character the others are kept that might stand there
_OTHERS, _THOUGHT_OF = 6, 0.003  # so many of them, this likely


class Letter(NamedTuple):
    """A character, its probability, what else the recogniser thought of where that is low, and where it stands.

    ``at`` is 0 at the left edge of the strip and 1 at its right one, a third of a letter more or less.
    """

    text: str
    sure: float
    others: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one strip reads."""

    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        return "".join([letter.text for letter in self.letters])

    @property
    def confidence(self) -> float:
        """That of the least sure character; 0 for no text."""
        return min((letter.sure for letter in self.letters), default=0.0)

    @property
    def mean(self) -> float:
        return sum(letter.sure for letter in self.letters) / len(self.letters) if self.letters else 0.0


class Recogniser:
    """Raises ``NoTextLayer`` where the model is not installed."""

    def __init__(self) -> None:
        import onnxruntime

        cv2.setNumThreads(1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # widths differ from strip to strip: an arena keeps the sum of them
        self._session: Any = onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])
        self._input: str = self._session.get_inputs()[0].name
        characters = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *characters, " "]

    def read(self, strips: Sequence[Grey]) -> list[Recognised]:
        """Recognise strips (any size, dark on light), in their order."""
        sized = [_sized(strip) for strip in strips]
        order = sorted(range(len(sized)), key=lambda i: sized[i].shape[1])
        found: dict[int, Recognised] = {}
        for batch in _batches(order, sized):
            width = -(-max(sized[i].shape[1] for i in batch) // 8) * 8
            stack = np.zeros((len(batch), 3, HEIGHT, width), np.float32)
            for row, i in zip(stack, batch, strict=True):
                row[:, :, : sized[i].shape[1]] = sized[i].astype(np.float32) / 127.5 - 1
            (output,) = self._session.run(None, {self._input: stack})
            for i, chances in zip(batch, output, strict=True):
                found[i] = self._decoded(chances, width / sized[i].shape[1])
        return [found[i] for i in range(len(sized))]

    def _decoded(self, chances: npt.NDArray[np.float32], wide: float) -> Recognised:
        """Join what repeats and drop blanks (CTC).

        ``chances`` by step and character; the steps divide a strip that was made ``wide`` times as wide.
        """
        indexes = chances.argmax(1)
        kept = np.flatnonzero((indexes != _BLANK) & (indexes != np.concatenate(([-1], indexes[:-1]))))
        letters: list[Letter] = []
        for k in kept:
            index = int(indexes[k])
            if index < len(self._characters):
                sure = float(chances[k, index])
                others = self._others(chances[k]) if sure < UNSURE else ""
                letters.append(Letter(self._characters[index], sure, others, (k + 0.5) / len(chances) * wide))
        return Recognised(tuple(letters))

    def _others(self, chances: npt.NDArray[np.float32]) -> str:
        """The likeliest characters of one step."""
        likely = np.argpartition(chances, -_OTHERS)[-_OTHERS:]
        return "".join(self._characters[i] for i in likely if i < len(self._characters) and chances[i] >= _THOUGHT_OF)


def _batches(order: list[int], sized: Sequence[Grey]) -> Iterator[list[int]]:
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) >= _BATCH or sized[i].shape[1] - sized[batch[0]].shape[1] >= _STEP):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _sized(strip: Grey) -> Grey:
    height, width = strip.shape
    wide = min(max(round(width * HEIGHT / height), 1), _WIDEST)
    if (wide, HEIGHT) != (width, height):
        how = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC
        strip = cv2.resize(strip, (wide, HEIGHT), interpolation=how)
    if wide < _LEAST_WIDTH:
        strip = cv2.copyMakeBorder(strip, 0, 0, 0, _LEAST_WIDTH - wide, cv2.BORDER_REPLICATE)
    return strip


def _model() -> Path:
    """The recogniser's file in rapidocr's package, found without importing it."""
    spec = find_spec("rapidocr")
    folder = Path(spec.origin or "").parent / "models" if spec else Path()
    found = sorted(folder.glob("*_rec_*.onnx"))
    if not found:
        raise NoTextLayer("the package rapidocr holds no model to recognise text with")
    return found[-1]


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The one of this process."""
    return Recogniser()
