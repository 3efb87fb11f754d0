"""The report is one page that needs nothing else and shows any text as text."""

import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.dataset import rows
from pipelines.report import write_report
from pipelines.report.style import JS
from pipelines.segments import attempt_pieces
from tests.pipelines.pages.conftest import Dataset
from tests.pipelines.pages.made import HOSTILE, attacked, names

_VOID = {"meta", "br"}
_TAGS = {
    "html", "head", "meta", "title", "style", "body", "script", "h1", "h2", "h3", "h4", "p", "a", "dl", "dt", "dd",
    "div", "span", "i", "b", "ul", "li", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "code",
    "article", "button",
}  # fmt: skip
_ATTRIBUTES = {"lang", "charset", "name", "content", "id", "class", "href", "style", "type"}


class Page(HTMLParser):
    """What a browser would make of the page; anything out of order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.articles: list[str] = []
        """Text of each row with its lineage."""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _TAGS, tag
        for name, value in attrs:
            assert name in _ATTRIBUTES, (tag, name)
            self.links += [value or ""] if name == "href" else []
            self.ids += [value or ""] if name == "id" else []
            assert name != "style" or tag == "i", (tag, value)
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "article":
            self.articles.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif "style" not in self.open:
            self.text += data
            if "article" in self.open:
                self.articles[-1] += data


@pytest.fixture(scope="module")
def page(dataset: Dataset) -> Page:
    return Page((dataset[0] / "report.html").read_text(encoding="utf-8"))


def test_a_build_writes_it_and_it_loads_nothing(dataset: Dataset, page: Page) -> None:
    text = (dataset[0] / "report.html").read_text(encoding="utf-8")
    assert page.scripts == [JS] and all(link.startswith("#") for link in page.links)
    assert all(word not in text for word in ("http://", "https://", "src=", "@import", "url("))
    assert len(text.encode()) < 2_000_000
    assert str(dataset[0].parent) not in text


def test_every_recipe_and_variant_has_a_row(dataset: Dataset, page: Page) -> None:
    out, _, recipes = dataset
    assert set(names(recipes)) <= set(page.ids)
    for table in ("sft", "preference", "stepwise"):
        found = list(rows(out, table))
        for key in {(r["recipe"], r["variant"]) for r in found}:
            ids = {r["id"] for r in found if (r["recipe"], r["variant"]) == key}
            assert ids & set(page.ids), (table, key)


def test_links_lead_somewhere(page: Page) -> None:
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_a_row_stands_over_all_the_attempts_it_came_from(dataset: Dataset, page: Page) -> None:
    out = dataset[0]
    attempts = {row["id"]: row for row in rows(out, "attempts")}
    examples = {row["id"]: row for table in ("sft", "preference", "stepwise") for row in rows(out, table)}
    deepest = 0
    for article, name in zip(page.articles, [i for i in page.ids if i in examples], strict=True):
        level, depth = [examples[name]], 0
        while level := [attempts[p] for row in level for p in row["parents"] if p != "reference"]:
            depth += 1
            for attempt in level:
                said = "".join(
                    piece.kind + piece.text for piece in attempt_pieces(attempt)
                )  # labels stand before
                assert said in article and attempt["id"] in article and attempt["verdict"] in article
        deepest = max(deepest, depth)
    assert deepest >= 2


def test_mistakes_masks_and_step_labels_can_be_told_apart(dataset: Dataset) -> None:
    text = (dataset[0] / "report.html").read_text(encoding="utf-8")
    for mark in (
        'class="seg mistake masked"', 'class="seg right"', 'class="step plus"', 'class="step minus"', 'class="shared"',
        'class="turn user"', 'class="pair"',
    ):  # fmt: skip
        assert mark in text, mark


def test_the_same_dataset_gives_the_same_page(dataset: Dataset, tmp_path: Path) -> None:
    out, manifest, recipes = dataset
    shutil.copytree(out, tmp_path / "copy")
    again = write_report(tmp_path / "copy", manifest, recipes)
    assert again == tmp_path / "copy" / "report.html"
    assert again.read_bytes() == (out / "report.html").read_bytes()


def test_no_text_breaks_the_page(dataset: Dataset, tmp_path: Path) -> None:
    out, manifest, recipes = dataset
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    path = write_report(copy, attacked(copy, manifest), recipes)
    page = Page(path.read_text(encoding="utf-8"))
    assert page.scripts == [JS] and all(link.startswith("#") for link in page.links)
    for evil in (HOSTILE[0], HOSTILE[3].split("\r")[0]):
        assert evil in page.text


def test_very_long_texts_lose_their_middle_and_say_so(dataset: Dataset, tmp_path: Path) -> None:
    import polars as pl
    import pyarrow.parquet as pq

    from pipelines.tables import write_tables

    out, manifest, recipes = dataset
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    for file in (f for f in manifest.files if f.table == "attempts"):
        table = pq.read_table(copy / file.path)
        long = pl.DataFrame(table).with_columns(
            text="begun " + pl.lit("x" * 60_000) + " ended",
            steps=pl.lit([], pl.List(pl.Struct({"start": pl.Int32, "end": pl.Int32}))),
        )
        write_tables(copy / file.path, "attempts", [long.to_arrow().cast(table.schema)])
    path = write_report(copy, manifest, recipes)
    assert path.stat().st_size < 2_000_000
    text = Page(path.read_text(encoding="utf-8")).text
    assert "characters…]" in text and "begun x" in text and "x ended" in text
