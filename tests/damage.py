"""Ways in which a download goes wrong, by a seed: bytes flipped, cut out, doubled, swapped, numbers changed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Damage = Callable[[bytearray, random.Random], None]


def flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice([1, 5, 30, 300])):
        data[rng.randrange(len(data))] = rng.randrange(256)


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(20, len(data)) :]


def cut(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.randrange(1, 5000)]


def double(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.randrange(1, 5000)]


def swap(data: bytearray, rng: random.Random) -> None:
    a, b = sorted(rng.sample(range(len(data)), 2))
    length = min(2000, b - a)
    data[a : a + length], data[b : b + length] = data[b : b + length], data[a : a + length]


def renumber(data: bytearray, rng: random.Random) -> None:
    numbers = list(re.finditer(rb"\d+", bytes(data)))
    for match in rng.sample(numbers, min(len(numbers), rng.choice([1, 4, 20]))):
        width = match.end() - match.start()
        other = rng.choice([b"0", b"-1", b"99999999", b"4294967296", b"1e9"])
        data[match.start() : match.end()] = other[:width].rjust(width, b"0")


DAMAGES: tuple[Damage, ...] = (flip, flip, truncate, cut, double, swap, renumber)


def damaged(data: bytes, seed: int) -> bytes:
    """``data`` with one kind of damage; the same for the same seed."""
    rng = random.Random(seed)
    broken = bytearray(data)
    rng.choice(DAMAGES)(broken, rng)
    return bytes(broken)
