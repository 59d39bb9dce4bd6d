"""What has to be true of every page, whoever looks at it and whatever it shows."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

import html5lib
from lxml import html as lxml_html

from tracker.terms.rules import IN_A_SENTENCE

VAGUE = frozenset({"here", "click here", "more", "link", "this"})
MOST_BYTES = 150_000
"""What a page may weigh, beside the shared assets and before it is compressed."""
FETCHED = ("href", "src", "srcset", "action", "formaction", "data", "poster", "ping", "xlink:href")
"""What names something that a browser fetches or sends to by itself or at a press of a button, links left aside."""
IS_FETCHED = " or ".join(f"@*[name() = '{name}']" for name in FETCHED)

TEXT = re.compile(r">[^<>&]*[^<>&\s][^<>&]*<")
VALUE = re.compile(r'="[^"&<>]*"')
END_OF_ROW = re.compile(r"(?<=</tr>)|(?<=</li>)")


def check_every_page(source: str, headers: Mapping[str, str], where: str) -> None:
    """Fail with the first thing that is wrong on a page."""
    problem = _nesting(_bones(source))
    assert not problem, f"{where}: {problem}"
    tree = lxml_html.document_fromstring(source)
    for check in (
        _heading_and_title,
        _headings_in_order,
        _unique_ids,
        _labels,
        _places,
        _references,
        _errors_in_order,
        _tokens,
        _header_cells,
        _links,
        _nothing_inline,
        _own_host_alone,
    ):
        problem = check(tree)
        assert not problem, f"{where}: {problem}"
    weight = len(source.encode())
    assert weight <= MOST_BYTES, f"{where}: {weight:,} bytes, more than {MOST_BYTES:,}"
    assert "Content-Security-Policy" in headers, f"{where}: no Content-Security-Policy"
    assert headers.get("Cache-Control") == "no-store", f"{where}: a page may be kept by a cache"


def _bones(source: str) -> str:
    """The tags of a page without their words and values; of rows that follow each other, each kind once."""
    pieces = END_OF_ROW.split(TEXT.sub(">.<", VALUE.sub('=""', source)))
    kinds = [sorted(set(some)) if are_rows else list(some) for are_rows, some in groupby(pieces, _is_row)]
    return "".join(piece for some in kinds for piece in some)


def _is_row(piece: str) -> bool:
    whole = all(piece.count(f"<{name}") == piece.count(f"</{name}>") for name in ("tr", "li"))
    return whole and piece.lstrip().startswith(("<tr", "<li"))


@cache
def _nesting(bones: str) -> str:
    """Valid by the HTML standard's own parser; asked once of all pages with the same bones."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(bones)
    errors = [(code, position) for position, code, _ in parser.errors]
    return f"HTML errors {errors[:3]}" if errors else ""


def _heading_and_title(tree: Any) -> str:
    headings = tree.xpath("//h1")
    if len(headings) != 1:
        return f"{len(headings)} h1"
    words, title = _words(headings[0]), _words(tree.xpath("//title")[0])
    if not words:
        return "the h1 is empty"
    return "" if title.startswith(words) else f"the title {title!r} does not begin with the h1 {words!r}"


def _headings_in_order(tree: Any) -> str:
    level = 0
    for heading in tree.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        own = int(heading.tag[1])
        if own > level + 1:
            return f"{heading.tag} {_words(heading)!r} follows h{level}"
        level = own
    return ""


def _unique_ids(tree: Any) -> str:
    twice = [name for name, count in Counter(tree.xpath("//@id")).items() if count > 1]
    return f"ids used twice: {twice}" if twice else ""


def _labels(tree: Any) -> str:
    labelled = set(tree.xpath("//label/@for"))
    for control in tree.iter("input", "select", "textarea"):
        if control.get("type") in ("hidden", "submit", "button"):
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not (named or control.get("id") in labelled or control.xpath("ancestor::label")):
            return f"no label for {_shown(control)}"
    for button in tree.iter("button"):
        if not _words(button) and not button.get("aria-label"):
            return f"a button says nothing: {_shown(button)}"
    return ""


def _places(tree: Any) -> str:
    """Every place for a word of the institution is filled; what people typed into a field stays theirs."""
    read = [*tree.xpath("//text()[not(ancestor::textarea)]"), *tree.xpath("//@aria-label | //@placeholder | //@alt")]
    left = [place[0] for text in read for place in IN_A_SENTENCE.finditer(text)]
    return f"places are left unfilled: {left[:3]}" if left else ""


def _references(tree: Any) -> str:
    """What a tag names by id is there."""
    ids = set(tree.xpath("//@id"))
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        missing = {name for value in tree.xpath(f"//@{attribute}") for name in value.split()} - ids
        if missing:
            return f"{attribute} names {sorted(missing)}, which is not there"
    broken = [to for to in tree.xpath("//a/@href[starts-with(., '#')]") if len(to) > 1 and to[1:] not in ids]
    return f"links to nowhere: {broken}" if broken else ""


def _errors_in_order(tree: Any) -> str:
    """A list of what is wrong leads down the page."""
    ids = [str(one) for one in tree.xpath("//@id")]
    for summary in tree.xpath("//div[@class='error-summary']"):
        places = [ids.index(link[1:]) for link in summary.xpath(".//a/@href") if link[1:] in ids]
        if places != sorted(places):
            return f"errors out of order: {[_words(link) for link in summary.xpath('.//a')]}"
    return ""


def _tokens(tree: Any) -> str:
    for form in tree.iter("form"):
        has_token = bool(form.xpath(".//input[@type='hidden' and @name='csrf_token' and string(@value)]"))
        method = form.get("method", "get").lower()
        if (method == "post") != has_token:
            return f"a form sent by {method} {'has a' if has_token else 'has no'} token"
    return ""


def _header_cells(tree: Any) -> str:
    if tree.xpath("//th[not(string(@scope))]"):
        return "a th without a scope"
    return "a table without a caption" if tree.xpath("//table[not(.//caption)]") else ""


def _links(tree: Any) -> str:
    for link in tree.iter("a"):
        words = link.get("aria-label") or _words(link)
        if not words or words.lower() in VAGUE:
            return f"a link says {words!r}: {_shown(link)}"
        if not link.get("href"):
            return f"a link leads nowhere: {_shown(link)}"
    return ""


def _nothing_inline(tree: Any) -> str:
    if tree.xpath("//*[@style] | //style"):
        return "an inline style"
    if tree.xpath("//script[not(@src)]"):
        return "an inline script"
    if tree.xpath("//@*[starts-with(name(), 'on')]"):
        return "an inline event handler"
    if tree.xpath("//a[starts-with(@href, 'javascript:')] | //*[starts-with(@src, '//') or starts-with(@href, '//')]"):
        return "an address that no page may have"
    return ""


def _own_host_alone(tree: Any) -> str:
    """Nothing is asked of the network outside the page's own host; a link may lead away, once it is followed."""
    for tag in tree.xpath(f"//*[not(self::a or self::area)][{IS_FETCHED}]"):
        for name in FETCHED:
            address = urlsplit(tag.get(name, ""))
            if address.netloc or address.scheme not in ("", "data"):
                return f"{name} of {tag.tag} leads away: {tag.get(name)}"
    return ""


def _words(tag: Any) -> str:
    return " ".join(str(tag.xpath("string(.)")).split())


def _shown(tag: Any) -> str:
    return lxml_html.tostring(tag, encoding="unicode", with_tail=False)
