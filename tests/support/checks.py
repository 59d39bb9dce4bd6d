"""What has to be true of every page, whoever looks at it and whatever it shows."""

import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag

UNLABELLED = frozenset({"hidden", "submit", "button"})
VAGUE = frozenset({"here", "click here", "more", "link", "this"})
MOST_BYTES = 150_000
"""What a page may weigh, beside the shared assets and before it is compressed."""
FETCHED = ("href", "src", "srcset", "action", "formaction", "data", "poster", "ping", "xlink:href")
"""What names something that a browser fetches or sends to by itself or at a press of a button, links left aside."""


def check_every_page(source: str, html: BeautifulSoup, headers: Mapping[str, str], where: str) -> None:
    """Fail with the first thing that is wrong on a page."""
    for check in (
        _nesting,
        _heading_and_title,
        _headings_in_order,
        _unique_ids,
        _labels,
        _references,
        _tokens,
        _header_cells,
        _links,
        _nothing_inline,
        _own_host_alone,
        _weight,
    ):
        problem = check(source, html)
        assert not problem, f"{where}: {problem}"
    assert "Content-Security-Policy" in headers, f"{where}: no Content-Security-Policy"
    assert headers.get("Cache-Control") == "no-store", f"{where}: a page may be kept by a cache"


def _nesting(source: str, html: BeautifulSoup) -> str:
    """Valid by the HTML standard's own parser."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(source)
    errors = [(code, position) for position, code, _ in parser.errors]
    return f"HTML errors {errors[:3]}" if errors else ""


def _heading_and_title(source: str, html: BeautifulSoup) -> str:
    headings = html.select("h1")
    if len(headings) != 1:
        return f"{len(headings)} h1"
    words, title = _words(headings[0]), _words(html.select("title")[0])
    if not words:
        return "the h1 is empty"
    return "" if title.startswith(words) else f"the title {title!r} does not begin with the h1 {words!r}"


def _headings_in_order(source: str, html: BeautifulSoup) -> str:
    level = 0
    for heading in html.select("h1, h2, h3, h4, h5, h6"):
        own = int(heading.name[1])
        if own > level + 1:
            return f"{heading.name} {_words(heading)!r} follows h{level}"
        level = own
    return ""


def _unique_ids(source: str, html: BeautifulSoup) -> str:
    twice = [name for name, count in Counter(str(tag["id"]) for tag in html.select("[id]")).items() if count > 1]
    return f"ids used twice: {twice}" if twice else ""


def _labels(source: str, html: BeautifulSoup) -> str:
    labelled = {str(label["for"]) for label in html.select("label[for]")}
    for control in html.select("input, select, textarea"):
        if control.get("type") in UNLABELLED:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        if named or control.get("id") in labelled or control.find_parent("label"):
            continue
        return f"no label for {control}"
    for button in html.select("button"):
        if not _words(button) and not button.get("aria-label"):
            return f"a button says nothing: {button}"
    return ""


def _references(source: str, html: BeautifulSoup) -> str:
    """What a tag names by id is there."""
    ids = {str(tag["id"]) for tag in html.select("[id]")}
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for tag in html.select(f"[{attribute}]"):
            missing = set(str(tag[attribute]).split()) - ids
            if missing:
                return f"{attribute} names {sorted(missing)}, which is not there"
    broken = [str(a["href"]) for a in html.select('a[href^="#"]') if len(a["href"]) > 1 and a["href"][1:] not in ids]
    return f"links to nowhere: {broken}" if broken else ""


def _tokens(source: str, html: BeautifulSoup) -> str:
    for form in html.select("form"):
        has_token = bool(form.select('input[type=hidden][name=csrf_token][value]:not([value=""])'))
        if (str(form.get("method", "get")).lower() == "post") != has_token:
            return f"a form sent by {form.get('method', 'get')} {'has a' if has_token else 'has no'} token"
    return ""


def _header_cells(source: str, html: BeautifulSoup) -> str:
    if [cell for cell in html.select("th") if not cell.get("scope")]:
        return "a th without a scope"
    unnamed = [table for table in html.select("table") if not table.find("caption")]
    return "a table without a caption" if unnamed else ""


def _links(source: str, html: BeautifulSoup) -> str:
    for link in html.select("a"):
        words = str(link.get("aria-label") or _words(link))
        if not words or words.lower() in VAGUE:
            return f"a link says {words!r}: {link}"
        if not link.get("href"):
            return f"a link leads nowhere: {link}"
    return ""


def _nothing_inline(source: str, html: BeautifulSoup) -> str:
    if html.select("[style], style"):
        return "an inline style"
    if html.select("script:not([src])"):
        return "an inline script"
    if [tag for tag in html.find_all(True) if any(name.startswith("on") for name in tag.attrs)]:
        return "an inline event handler"
    if html.select('a[href^="javascript:"], [src^="//"], [href^="//"]'):
        return "an address that no page may have"
    return ""


def _own_host_alone(source: str, html: BeautifulSoup) -> str:
    """Nothing is asked of the network outside the page's own host; a link may lead away, once it is followed."""
    for tag in html.find_all(lambda tag: tag.name not in ("a", "area") and any(tag.has_attr(name) for name in FETCHED)):
        for name in FETCHED:
            address = urlsplit(str(tag.get(name, "")))
            if address.netloc or address.scheme not in ("", "data"):
                return f"{name} of {tag.name} leads away: {tag[name]}"
    return ""


def _weight(source: str, html: BeautifulSoup) -> str:
    weight = len(source.encode())
    return f"{weight:,} bytes, more than {MOST_BYTES:,}" if weight > MOST_BYTES else ""


def _words(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text()).strip()
