"""Terms that go on after their unit closed are named to the office, wherever she looks."""

from tests.support import make
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Role
from tracker.directory.commands import units


def test_terms_of_a_merged_unit_are_listed_and_found(pages: Pages) -> None:
    make.unit("Genetics", code="GENET")
    merged = make.unit("Biochemistry", code="BIOCHEM")
    term = make.appoint(make.person("Cara"), merged, ends_on=make.day(-300))
    units.merge(make.by(), "BIOCHEM", into="GENET", on=clock.today())
    pages.sign_in(make.account(Role.OFFICE))
    for page in ("dashboards.champions_overview", "dashboards.champions_people"):
        for words in ("", "biochem", "cara"):
            found = pages.get(page, query={"q": words})
            assert "Cara, staff champion of Biochemistry until" in found.text
            assert f"/champions/{term}" in str(found.html)
        assert "Biochemistry" not in pages.get(page, query={"q": "nobody"}).text
