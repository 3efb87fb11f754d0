"""The page of examples is what the code makes."""

from bench.mistakes_page import EACH, KINDS_SHOWN, PAGE, page


def test_the_page_is_up_to_date_and_whole() -> None:
    made = page()
    assert made == PAGE.read_text(encoding="utf-8"), "run python -m bench.mistakes_page"
    for section in made.split("\n## ")[1:]:
        assert section.count("\nStep ") == EACH, section.split("\n")[0]
    assert made.count("\n## ") == len(KINDS_SHOWN)
