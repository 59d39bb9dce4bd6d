"""The people of a unit, on the page and as CSV."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import Forbidden, Invalid
from tracker.core.spreadsheets import Table
from tracker.core.words import count, day, plural, sentence_list
from tracker.dashboards import commands, policy, rules
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.deed_forms import row_ids
from tracker.dashboards.people_forms import FilterNameForm, KeepFilterForm
from tracker.dashboards.queries import narrowing as narrowing_queries
from tracker.dashboards.queries import people as people_queries
from tracker.dashboards.queries import places
from tracker.dashboards.queries import roster as roster_queries
from tracker.dashboards.queries.items import RequirementView
from tracker.dashboards.queries.narrowing import Kept
from tracker.dashboards.queries.people import Listed
from tracker.dashboards.queries.standings import standing
from tracker.dashboards.routes import items, lines, person_lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.narrowing import (
    KEPT,
    TICKS,
    Narrowed,
    assumed,
    filters_in_use,
    in_words,
    kept_in_address,
    left_out,
    narrowed,
    plain_address,
    refuse_nonsense,
)
from tracker.dashboards.routes.writing import may_write
from tracker.progress.rules import Status
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

MOST_PRINTED = 300
"""People on the page that is made for print; of more, the file is the list."""
MOST_STAY_TICKED = 300
"""People who stay ticked while one looks on: the addresses of the list hold them."""
NAMES_IN_A_SENTENCE = 5
SENT = ("item", "q", "sort", "division", "category", "role", "joined", "status", "page")
"""What the form of a list says of it, beside who is ticked."""


@bp.route("/units/<unit_code:code>/people", methods=["GET", "POST"])
@needs(Right.UNITS_READ)
def people(code: str) -> ResponseReturnValue:
    """Everybody at home, or where each stands with something that is asked; `all` has them on one page, for print. What
    the form sends, and who is ticked, then stands in the address."""
    if request.method == "POST":
        return redirect(_looked_on(code), 303)
    given = narrowed(code)
    if "item" in request.args:
        if (said := left_out()) is not None:
            flash(said)
        return redirect(plain_address(given.found), 303)
    choice = given.choice
    if not choice.names_shown:
        return page("dashboards/people_hidden.html", without_names=_without_names(given), **_frame(given))
    is_all = "all" in request.args
    rows = MOST_PRINTED if is_all else people_queries.ROWS_A_PAGE
    number = 1 if is_all else page_number()
    listed = people_queries.people_page(actor(), given.wanted, number, _known_total(given), rows)
    modules = len(choice.requirement.modules) if choice.requirement else 0
    deeds = list(_deeds(actor(), code)) if shown_day() == actor().today and not is_all else []
    return page(
        "dashboards/people.html",
        status=422 if given.form.errors else 200,
        listed=listed,
        found_words=f"{plural(listed.total, 'person', 'people')} found",
        all_words=f"All {count(listed.total)} that match",
        narrowed_by=list(_narrowed_by(given)),
        assumed=assumed(given.choice),
        is_narrowed=filters_in_use(given) > 0,
        empty=None if listed.items else _empty(given),
        page_url=_page_url(given),
        list_url=url_for(".people", code=code, **kept_in_address()),
        print_url=url_for(".people", code=code, **kept_in_address(), all=1),
        most_printed=MOST_PRINTED,
        is_all=is_all,
        csv_url=url_for(".people_csv", code=code, **kept_in_address()),
        deeds=deeds,
        ticked=_ticked({one.id for one in listed.items}) if deeds else TickedPeople(),
        untick_url=url_for(".people", code=code, **kept_in_address(), page=number if number > 1 else None),
        keep_form=KeepFilterForm(formdata=None, query=_query_to_keep()),
        kept_filters=[(one, _list_of(one)) for one in narrowing_queries.kept_filters(actor())],
        ways=_ways(code),
        some_are_hidden=not people_queries.is_everybody_known(actor(), shown_day()),
        rows=person_lines.person_lines(listed.items, modules, shown_day(), actor().today),
        **_frame(given),
    )


@bp.route("/units/<unit_code:code>/people.csv")
@bp.route("/units/<unit_code:code>/people.xlsx", endpoint="people_xlsx")
@needs(Right.UNITS_READ)
def people_csv(code: str) -> ResponseReturnValue:
    """The whole list as a file, with what the page says of each. Identifiers and addresses only for who sees all."""
    given = narrowed(code)
    refuse_nonsense(given.form)
    if not given.choice.names_shown:
        raise Forbidden("Names are not shown for this.")
    listed = people_queries.all_people(actor(), given.wanted)
    title = f"People of {given.found.unit.name}"
    table = Table(title, list(_about_list(given)), _list_header(), _list_rows(listed))
    return table_file(table, f"{code} people {shown_day().isoformat()}")


@bp.route("/units/<unit_code:code>/people/filters", methods=["POST"])
@needs(Right.UNITS_READ)
def keep_filter(code: str) -> ResponseReturnValue:
    """Keep what a list is narrowed by under a name, for oneself."""
    unit = policy.get_unit(actor(), code, actor().today)
    form = KeepFilterForm()
    query = _plain_query(form.query.value or "")
    with form.accept() as accepted:
        if accepted:
            commands.keep_filter(actor(), form.name.value, code, query)
            flash(f"Kept the filter “{form.name.value}”.")
            return redirect(f"{url_for('.people', code=code, as_of=None)}?{query}", 303)
    crumbs = lines.crumbs(places.path(actor(), unit.id, actor().today), "Keep this filter")
    return page("dashboards/people_filter.html", status=form.status_code, unit=unit, form=form, crumbs=crumbs)


@bp.route("/filters/<int:filter_id>/rename", methods=["GET", "POST"])
@needs(Right.UNITS_READ)
def rename_filter(filter_id: int) -> ResponseReturnValue:
    """Give a filter of one's own another name."""
    mark, kept = narrowing_queries.mark_of_filter(filter_id), narrowing_queries.kept_filter(actor(), filter_id)
    form = FilterNameForm(mark=mark, name=kept.name)
    with form.accept() as accepted:
        if accepted:
            commands.rename_filter(actor(), filter_id, form.name.value, seen=form.was_shown)
            flash(f"The filter is called “{form.name.value}” now.")
            return redirect(_list_of(kept), 303)
    return page(
        "dashboards/people_filter_name.html",
        status=form.status_code,
        kept=kept,
        form=form,
        crumbs=[(kept.unit_name, url_for(".unit", code=kept.unit_code)), ("People", _list_of(kept)), ("Rename", None)],
        list_url=_list_of(kept),
    )


@bp.route("/filters/<int:filter_id>/remove", methods=["POST"])
@needs(Right.UNITS_READ)
def remove_filter(filter_id: int) -> ResponseReturnValue:
    """Remove a filter of one's own."""
    kept = next((one for one in narrowing_queries.kept_filters(actor()) if one.id == filter_id), None)
    commands.forget_filter(actor(), filter_id)
    flash("The filter is removed.")
    return redirect(url_for(".people", code=kept.unit_code) if kept else url_for(".start"), 303)


def _list_of(kept: Kept) -> str:
    """The list that a filter was kept from, of today."""
    return f"{url_for('.people', code=kept.unit_code, as_of=None)}?{kept.query}"


# The address


def _looked_on(code: str) -> str:
    """The address of the list as its form narrows it and turns its pages, with whoever is ticked. Raises NotFound."""
    policy.get_unit(actor(), code, actor().today)
    given = {name: request.form.getlist(name) for name in SENT}
    said: dict[str, Any] = {name: values for name, values in given.items() if any(values) or name == "item"}
    said[TICKS] = ",".join(filter(None, request.form.getlist("people"))) or None
    return url_for(".people", code=code, as_of=None, **said)


@dataclass(frozen=True, slots=True)
class TickedPeople:
    """Who is ticked; who of them does not stand on the page that is shown, with some of their names as a sentence; and
    how many more were ticked than can stay so."""

    ids: Sequence[int] = ()
    elsewhere: Sequence[int] = ()
    names: str = ""
    left_out: int = 0


def _ticked(shown: Collection[int]) -> TickedPeople:
    """Whom the address says to be ticked. Raises Invalid."""
    try:
        given = [person_id for typed in request.args.getlist(TICKS) if typed for person_id in row_ids(typed)]
    except ValueError:
        raise Invalid(TICKS, "Somebody among those ticked is not known here.") from None
    ids = list(dict.fromkeys(given))
    kept = ids[:MOST_STAY_TICKED]
    elsewhere = [person_id for person_id in kept if person_id not in shown]
    return TickedPeople(kept, elsewhere, _some_names(elsewhere), len(ids) - len(kept))


def _some_names(person_ids: Sequence[int]) -> str:
    """Some of these people by name, and how many more there are; nothing where there are none."""
    if not person_ids:
        return ""
    names = [one.name for one in roster_queries.named(actor(), person_ids).values()][:NAMES_IN_A_SENTENCE]
    more = len(person_ids) - len(names)
    return sentence_list([*names, plural(more, "other", "others")] if more else names)


def _page_url(given: Narrowed) -> Callable[[int], str]:
    """Gives the address of another page of the same list."""
    return lambda number: url_for(".people", code=given.found.unit.code, **kept_in_address(), page=number)


def _query_to_keep() -> str:
    """What is kept of this address under a name: neither the day nor the words looked for."""
    return urlencode(kept_in_address([name for name in KEPT if name != "q"]), doseq=True)


def _plain_query(query: str) -> str:
    """A query that came back from a page, with nothing in it that no list of ours says."""
    known = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name in KEPT and name != "q"]
    return urlencode(known)


# The list


def _narrowed_by(given: Narrowed) -> Iterator[tuple[str, str]]:
    """What else than the heading says which people these are, as pairs of label and words."""
    for label, words in in_words(given):
        if label != "Asked for" and (label != "Status" or given.choice.statuses != rules.URGENCY):
            yield label, words


def _known_total(given: Narrowed) -> int | None:
    """How many people are wanted, where the figures say it; counting spares nothing where they do not."""
    choice, wanted = given.choice, given.wanted
    if wanted.search or wanted.is_narrowed or given.division is not None:
        return None
    if not people_queries.is_everybody_known(actor(), shown_day()):
        return None
    if choice.item is None:
        return narrowing_queries.at_home_by_figures(given.found, shown_day())
    return given.cell.by_status.having(choice.statuses) if given.cell else 0


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done for the people ticked, or for all who match: its words, and where they go."""

    label: str
    url: str


def _deeds(who: Actor, code: str) -> Iterator[Deed]:
    """What the reader may do for the people of this list."""
    kept = kept_in_address()
    if who.has(Right.COMPLETIONS_LOG_UNIT):
        yield Deed("Log attendance", url_for(".roster", code=code, **kept))
    if who.has(Right.CLAIMS_DECIDE):
        yield Deed("Verify their claims", url_for(".verify_many", code=code, **kept))
    if may_write(who):
        yield Deed("Write to them", url_for(".write_to_many", code=code, **kept))


def _ways(code: str) -> list[tuple[str, str]]:
    """Where one goes on from a list of people."""
    ways = [
        ("Joint members, counted elsewhere", url_for(".joint_members", code=code)),
        ("Who has left in the last 12 months", url_for(".leavers", code=code)),
    ]
    if actor().has(Right.COMPLETIONS_LOG_UNIT):
        ways.append(("What you did for many people lately", url_for(".deeds", as_of=None)))
    return ways


def _about_list(given: Narrowed) -> Iterator[tuple[str, object]]:
    """What a list is of, and what it is narrowed by."""
    choice, wanted = given.choice, given.wanted
    is_whole = choice.requirement is None or choice.item is choice.requirement.whole
    yield "as_of", shown_day()
    yield "within", given.found.unit.code
    yield "requirement", choice.requirement.code if choice.requirement else ""
    yield "module", "*" if is_whole else choice.item and choice.item.code
    yield "search", wanted.search
    yield "filter_unit", given.division.code if given.division else ""
    yield "filter_category", wanted.category
    yield "filter_role", wanted.role
    yield "filter_joined_since", wanted.joined_since
    yield "filter_status", " ".join(status.word for status in choice.statuses) if choice.item else ""
    yield lines.note(_followed(given))


def _followed(given: Narrowed) -> Sequence[RequirementView]:
    """The requirements by whose rules people stand where the list says."""
    return [given.choice.requirement] if given.choice.requirement else given.found.asked


def _list_header() -> Sequence[str]:
    who = ("name", "identifier", "email") if policy.sees_all(actor()) else ("name",)
    return (*who, "unit", "category", "role", "status", "due_on", "satisfied_on", "expires_on", "to_do")


def _list_rows(listed: Iterable[Listed]) -> Iterator[Sequence[object]]:
    for one in listed:
        who = (one.name, one.identifier, one.email) if policy.sees_all(actor()) else (one.shown_name,)
        home = (one.home.unit, one.home.category, one.home.role) if one.home else ("", "", "")
        status = one.status.word if one.status else ""
        yield (*who, *home, status, one.due_on, one.satisfied_on, one.expires_on, "; ".join(one.left))


@dataclass(frozen=True, slots=True)
class Empty:
    """What is said where nobody is listed: a heading, a sentence, and where to look instead."""

    title: str
    text: str
    link: tuple[str, str]


def _empty(given: Narrowed) -> Empty:
    """Why nobody is listed. Only where words find people whom something else leaves out, it costs a statement."""
    choice, wanted, cell, on = given.choice, given.wanted, given.cell, day(shown_day())
    everybody = ("See everybody at home here", _everybody_url(given))
    is_filtered = wanted.is_narrowed or given.division is not None
    if wanted.search and (choice.item or is_filtered):
        return _empty_search(given, is_filtered=is_filtered) or Empty(
            "Nobody is listed", f"Nobody at home here is found by “{wanted.search}” on {on}.", everybody
        )
    if cell and not is_filtered and choice.statuses == rules.OUTSTANDING and not cell.figure.to_go:
        return Empty("Nothing is left to do", f"Everybody who is counted here has completed it on {on}.", everybody)
    if not (choice.item or wanted.search or is_filtered):
        text = f"No one has {given.found.unit.name} as home unit on {on}."
        return Empty("Nobody is at home here", text, everybody)
    used = (("words", wanted.search), ("statuses", choice.item), ("filters", is_filtered))
    having = [words for words, is_used in used if is_used]
    return Empty("Nobody is listed", f"With these {sentence_list(having)} nobody is at home here on {on}.", everybody)


def _empty_search(given: Narrowed, *, is_filtered: bool) -> Empty | None:
    """Whom the words find all the same, and what leaves them out; none where they find nobody."""
    choice, wanted = given.choice, given.wanted
    number = people_queries.found_at_home(actor(), wanted, given.found.unit.id)
    if not number:
        return None
    if is_filtered:
        left_out_by = "with these filters"
    elif choice.statuses == rules.OUTSTANDING:
        left_out_by = f"among those with something left to do in {_called(given)}"
    else:
        left_out_by = f"with {'this status' if len(choice.statuses) == 1 else 'these statuses'} in {_called(given)}"
    found = f"{plural(number, 'person', 'people')} at home here {'is' if number == 1 else 'are'} found"
    return Empty(
        "Nobody is listed",
        f"{found} by “{wanted.search}”, but not {left_out_by}.",
        (f"Show who is found by “{wanted.search}”", _everybody_url(given, q=wanted.search)),
    )


def _called(given: Narrowed) -> str:
    """What the list is about, in quotation marks."""
    return f"“{items.title(given.choice.requirement, given.choice.item)}”"


def _everybody_url(given: Narrowed, q: str | None = None) -> str:
    """Everybody at home, whatever is asked of them; or of them those whom words find."""
    return url_for(".people", code=given.found.unit.code, q=q, **kept_in_address([TICKS]))


@dataclass(frozen=True, slots=True)
class StatusLink:
    """A status, or several, to narrow the list to, with how many people have it."""

    status: str | None
    label: str
    count: int
    url: str
    is_current: bool


def _status_links(given: Narrowed) -> Iterator[StatusLink]:
    """What the list can be narrowed to at a click; only what somebody has. The counts are those of the whole unit."""
    found, choice = given.found, given.choice
    if (cell := given.cell) is None:
        return
    sets: list[tuple[str | None, str, tuple[Status, ...]]] = [
        (None, "Something left to do", rules.OUTSTANDING),
        *((status.word, choice.word(status), (status,)) for status in rules.URGENCY),
        (None, "Everybody asked", rules.URGENCY),
    ]
    kept = kept_in_address([name for name in KEPT if name != "status"])
    for word, label, statuses in sets:
        if number := cell.by_status.having(statuses):
            said = [status.word for status in statuses]
            url = url_for(".people", code=found.unit.code, **kept, **kept_in_address([TICKS]), status=said)
            yield StatusLink(word, label, number, url, is_current=set(statuses) == set(choice.statuses))


def _without_names(given: Narrowed) -> str | None:
    """What can be said of something whose names this reader may not see; none where nobody here is asked for it."""
    whole = standing(actor(), given.found.unit, shown_day()).whole
    cell = whole.cells.get(given.choice.item.id) if given.choice.item else None
    return lines.without_names(cell, shown_day()) if cell else None


def _frame(given: Narrowed) -> dict[str, Any]:
    """What the page shows around the list."""
    found, choice = given.found, given.choice
    return {
        "as_of": as_of(),
        "crumbs": lines.crumbs(found.path, "People"),
        "unit": found.unit,
        "form": given.form,
        "item_title": items.title(choice.requirement, choice.item),
        "cell": given.cell,
        "status_links": list(_status_links(given)),
        "is_changing": any(one.is_changing for one in _followed(given)),
        "everybody_url": _everybody_url(given),
        "filters_in_use": filters_in_use(given),
        "is_looked_at": bool(given.wanted.required),
        "missing_url": missing_url(actor(), found.unit.code),
    }


def missing_url(who: Actor, code: str) -> str | None:
    """Where a champion tells the office that somebody is missing from a unit, if such requests are taken."""
    if not who.unit_ids or "requests.ask" not in current_app.view_functions:
        return None
    return url_for("requests.ask", kind="missing", unit=code)
