"""What budget documents print, as plain words: for recognisers of pictures, which know no budgets."""

from __future__ import annotations

from parsers.specs.codebook import printed_names
from parsers.specs.loader import kept, measures, specs
from parsers.text import key


@kept()
def printed_words() -> frozenset[str]:
    """Names and codes of the classifications, names of measures, titles of tables; without blanks."""
    titles = (title for spec in specs() for title in spec.examples)
    words = frozenset("".join(w.split()) for w in (*printed_names(), *measures(), *titles))
    return words | {key(w) for w in words}  # brackets of either width
