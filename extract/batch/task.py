"""What every executor runs: one source in, its files written, a small result back.

The conversion is imported where it runs: a supervisor, which only sends tasks, starts without it.
"""

from __future__ import annotations

from dataclasses import dataclass

from extract.batch.sources import Source
from extract.errors import ExtractError
from extract.paper.model import DocumentResult
from extract.recipe import Recipe
from parsers.specs.loader import use


@dataclass(frozen=True, slots=True)
class Task:
    """Picklable, so that a worker anywhere can have it.

    A source is a file of the plan or a URL.  ``out``: an fsspec path for the outputs; ``None`` writes to the recipe's
    folder, which takes files only.
    """

    recipe: Recipe
    out: str | None = None

    def convert(self, source: Source | str) -> DocumentResult:
        """Raises ``OutputError``; whatever else happens is a row of 文档清单."""
        use(self.recipe.specs)  # a worker starts with our own
        if self.out is not None:
            from extract.batch.remote import convert_remote

            return convert_remote(source, self.out, self.recipe)
        assert isinstance(source, Source)
        from extract.convert import convert

        return convert(source.path, self.recipe, source.also, source.refused)

    def fail(self, source: Source | str, error: ExtractError) -> DocumentResult:
        """Write the 失败 row of a document that no worker could convert."""
        use(self.recipe.specs)
        if self.out is not None:
            from extract.batch.remote import fail_remote

            return fail_remote(source, error, self.out, self.recipe)
        assert isinstance(source, Source)
        from extract.convert import fail

        return fail(source.path, error, self.recipe, source.also)
