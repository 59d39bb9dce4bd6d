"""What is checked on every page is found where it is wrong."""

import pytest

from tests.support.checks import MOST_BYTES, check_every_page

HEADERS = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-store"}
RIGHT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>People, Waymark</title><script src="/static/a.js"></script></head>
<body><main id="main"><h1>People</h1><h2>Of Medicine &amp; Surgery</h2>
<a href="#main">To the top</a> <a href="https://example.edu/read">Something to read</a>
<form method="post"><input type="hidden" name="csrf_token" value="x"><label for="a">A</label><input id="a"
aria-describedby="b"><span id="b">Help</span><button>Go</button></form>
<form method="get"><label>B <input></label></form>
<table><caption>All</caption><tr><th scope="col">Name</th></tr><tr><td>Ada</td></tr></table>
</main></body></html>"""
WRONG = {
    "an element in the wrong place": ("<tr><td>Ada</td></tr>", "<tr><div>Ada</div></tr>", "HTML errors"),
    "a later row with an element in the wrong place": (
        "</table>",
        "<tr><td>Eve</td><p>x</p></tr></table>",
        "HTML errors",
    ),
    "a later row like an earlier one in the wrong place": (
        "</main>",
        "<div><tr><td>Eve</td></tr></div></main>",
        "HTML errors",
    ),
    "an element left open": ("</span>", "", "HTML errors"),
    "a bare ampersand": ("&amp;", "&b;", "HTML errors"),
    "an attribute twice": ("<main id", '<main id="x" id', "HTML errors"),
    "no heading": ("<h1>People</h1>", "<h2>People</h2>", "0 h1"),
    "an empty heading": ("<h1>People</h1>", "<h1> </h1>", "the h1 is empty"),
    "another title": ("<title>People", "<title>Persons", "does not begin with"),
    "a heading left out": ("<h2>Of Medicine &amp; Surgery</h2>", "<h3>Medicine</h3>", "follows h1"),
    "an id twice": ('<span id="b">', '<span id="a">', "ids used twice"),
    "a field without a label": ('<label for="a">A</label>', "A", "no label for"),
    "a silent button": ("<button>Go", "<button> ", "a button says nothing"),
    "a place without its word": ("To the top", "To your {champion}", "places are left unfilled"),
    "a place without its word for the ear": (
        "<button>",
        '<button aria-label="{Champions}">',
        "places are left unfilled",
    ),
    "a description that is not there": ('aria-describedby="b"', 'aria-describedby="b c"', "aria-describedby names"),
    "a link to nowhere on the page": ("#main", "#there", "links to nowhere"),
    "a form without a token": ('value="x"', 'value=""', "has no token"),
    "a token in the address": ('method="post"', 'method="get"', "has a token"),
    "a header cell of nothing": (' scope="col"', "", "without a scope"),
    "a table without a caption": ("<caption>All</caption>", "", "without a caption"),
    "a vague link": ("To the top", "Here", "a link says 'Here'"),
    "a link that says nothing": ("To the top", "", "a link says ''"),
    "a link that leads nowhere": ('<a href="#main">', "<a>", "a link leads nowhere"),
    "a style": ("<h1>", '<h1 style="color: red">', "an inline style"),
    "a script": ("<h1>People</h1>", "<h1>People</h1><script>go()</script>", "an inline script"),
    "a handler": ("<button>", '<button onclick="go()">', "an inline event handler"),
    "a script for an address": ('href="#main"', 'href="javascript:go()"', "no page may have"),
    "a foreign script": ("/static/a.js", "https://example.edu/a.js", "src of script leads away"),
    "a form sent elsewhere": ('method="get"', 'method="get" action="https://example.edu"', "action of form leads away"),
    "a heavy page": ("Ada", "A" * MOST_BYTES, "bytes, more than"),
}


def test_a_page_in_order_passes() -> None:
    check_every_page(RIGHT, HEADERS, "here")


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case: str) -> None:
    before, after, why = WRONG[case]
    assert before in RIGHT
    with pytest.raises(AssertionError, match=why):
        check_every_page(RIGHT.replace(before, after, 1), HEADERS, "here")


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_is_missing_is_named(header: str) -> None:
    with pytest.raises(AssertionError, match=r"may be kept|no Content-Security"):
        check_every_page(RIGHT, {name: value for name, value in HEADERS.items() if name != header}, "here")


def test_an_element_in_the_wrong_place_is_found_on_the_second_page_too() -> None:
    for _ in range(2):
        with pytest.raises(AssertionError, match="HTML errors"):
            check_every_page(RIGHT.replace("<tr><td>Ada</td></tr>", "<tr><div>Ada</div></tr>"), HEADERS, "here")
