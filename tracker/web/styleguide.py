"""One internal page that shows every component in each of its states; served by `make styleguide` and tests alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, Response
from wtforms.validators import ValidationError

from tracker.core.paging import Page
from tracker.core.words import percent
from tracker.web.access import public
from tracker.web.charts import Level, line_chart
from tracker.web.forms import (
    AskedInput,
    BaseForm,
    Checkboxes,
    DateInput,
    EmailInput,
    FileInput,
    FilterForm,
    Hidden,
    PasswordInput,
    Radios,
    SearchInput,
    Select,
    TextArea,
    TextInput,
    TickBox,
)
from tracker.web.pages import page

bp = Blueprint("styleguide", __name__)

LONG_NAME = "Division of Developmental, Behavioral and Adolescent Medicine and Community Partnerships"
TODAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cell:
    """A rate as the components take it."""

    numerator: int
    denominator: int
    note: str | None = None
    protected_text: str | None = None

    @property
    def percent_text(self) -> str:
        """The share in words."""
        return percent(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Point(Cell):
    """A rate on a day, for a line."""

    day: date = TODAY


@dataclass(frozen=True, slots=True)
class Person:
    """A line of a people list."""

    id: int
    name: str
    detail: str
    url: str | None = "#"
    status: str | None = None
    status_text: str | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the day control in the head of a page needs."""

    day: date
    today: date
    action: str
    params: list[tuple[str, str]]


class SampleForm(BaseForm):
    """Every kind of field."""

    name = TextInput("Name", required="your name", autocomplete="name", max_length=40)
    email = EmailInput(
        "E-mail address", required="your e-mail address", hint="We write to it only about your own courses."
    )
    password = PasswordInput("Password", required="your password")
    group = AskedInput("Group (optional)", hint="Filled in, it is asked about once.")
    module = Select("Which module did you finish?", required="a module", coerce=int)
    finished_on = DateInput(
        "When did you finish it?", required="the date you finished", hint="For example 21 Nov 2026."
    )
    place = Radios("Where did you take it?", required="where you took it")
    tracks = Checkboxes("Which tracks concern you?", required="at least one track")
    note = TextArea("Note (optional)", noun="the note", hint="Whoever verifies your claim will read it.")
    letter = FileInput("Letter of support", accept=".pdf", required="a letter")
    agreed = TickBox("I took part in the whole session", required="that you took part in the whole session")
    kept = Hidden(coerce=int)

    def __init__(self) -> None:
        super().__init__()
        self.module.choices = [(1, "1.0 Awareness"), (2, "2.0 Understanding"), (3, "3.0 Commitment")]
        self.place.choices = [
            ("session", "In a session"),
            ("online", "Online", "At your own pace"),
            ("other", "At another school"),
        ]
        self.tracks.choices = [("clinical", "Clinical"), ("research", "Research"), ("nonclinical", "Non-clinical")]

    def validate_finished_on(self, field: DateInput) -> None:
        """A day that has come."""
        if field.value and field.value > TODAY:
            raise ValidationError("The date you finished must be today or earlier")

    def validate_group(self, field: AskedInput) -> None:
        """One that is meant."""
        field.ask(f"Nobody is in “{field.value}” yet. Is it right?" if field.value else "", "Yes, it is a new group")


class SampleFilter(FilterForm):
    """A list narrowed by name and status."""

    called = SearchInput("Name")
    state = Select("Status", blank="Any", choices=[("overdue", "Overdue"), ("due_soon", "Due soon")])


class SampleFirstStep(FilterForm):
    """The first question of several."""

    subject = Select("What is it about?", choices=[("1", "1.0 Awareness"), ("2", "2.0 Understanding")])


class SampleDeed(BaseForm):
    """Something that is previewed before it is done."""

    seen = Hidden()
    kind = TextInput("Kind", required="the kind")
    on = DateInput("From which day?", required="the day")


class SampleChange(BaseForm):
    """What somebody else has changed since it was opened."""

    title = TextInput("Name", required="the name")

    def __init__(self) -> None:
        super().__init__(prefix="change", title="Heart Center")
        self.title.stands = "Cardiovascular Medicine"


class SampleAudience(FilterForm):
    """Whom a rule is about."""

    reach = Radios("Whom is it about?", choices=[("all", "Everybody"), ("some", "Some people"), ("none", "Nobody")])
    categories = Checkboxes("Categories", choices=[("faculty", "Faculty"), ("staff", "Staff")])
    roles = Checkboxes("Roles", choices=[("clinical", "Clinical")])
    functions = Checkboxes("Functions", choices=[])
    units = TextArea("Units", hint="A code on each line.")
    categories_other = TextInput("Other categories")
    roles_other = TextInput("Other roles")
    functions_other = TextInput("Other functions")


class SamplePeopleFilter(FilterForm):
    """A list of people narrowed while one types, with what is seldom wanted below."""

    item = Select("Asked for", blank="Everybody", choices=[("YEARLY", "Yearly course")])
    q = SearchInput("Name, identifier or e-mail")
    sort = Select("In order of", choices=[("name", "Name"), ("due", "Due day")])
    division = Select("Division", blank="Any", choices=[("CARD", "Cardiology")])
    category = Checkboxes("Category")
    role = Checkboxes("Role")
    joined = DateInput("Joined since")
    status = Checkboxes("Status")
    is_wrong_below = False

    def __init__(self) -> None:
        super().__init__()
        self.category.choices = [("faculty", "Faculty"), ("staff", "Staff")]
        self.role.choices = [("clinical", "Clinical"), ("manager", "Manager")]
        self.status.choices = [("overdue", "Overdue"), ("due_soon", "Due soon")]


@bp.route("/styleguide", methods=["GET", "POST"])
@public
def show() -> Response:
    """Show everything; sending the form shows its errors."""
    form = SampleForm()
    with form.accept():
        pass
    filter_form = SampleFilter()
    filter_form.validate()
    people_filter = SamplePeopleFilter()
    people_filter.validate()
    return page(
        "styleguide.html",
        status=form.status_code,
        form=form,
        filter_form=filter_form,
        audience=SampleAudience(),
        first_step=SampleFirstStep(),
        deed=SampleDeed(prefix="deed", kind="division", on=TODAY),
        changed=SampleChange(),
        people_filter=people_filter,
        today=TODAY,
        moment=MOMENT,
        as_of=AsOf(day=TODAY - timedelta(days=144), today=TODAY, action="/styleguide", params=[("status", "overdue")]),
        cells=SAMPLE_CELLS,
        people=SAMPLE_PEOPLE,
        long_name=LONG_NAME,
        chart=line_chart(
            POINTS,
            TODAY,
            reported=[Point(one.numerator - 9, 200, day=one.day) for one in POINTS[7:10]],
            targets=[Level(date(2026, 1, 1), date(2026, 8, 31), 60), Level(date(2026, 9, 1), date.max, 80)],
            due_days=[date(2026, 6, 30)],
            labelled={POINTS[9].day, POINTS[-1].day},
        ),
        middle_page=Page(items=["…"] * 50, number=2, total=1234, size=50),
        only_page=Page(items=["…"] * 7, number=1, total=7, size=50),
    )


POINTS = [Point(90 + 7 * month, 200, day=date(2026 + month // 12, 1 + month % 12, 28)) for month in range(14)]
SAMPLE_CELLS = {
    "Medicine": [Cell(172, 212), Cell(163, 212), Cell(131, 212)],
    "Cardiology": [Cell(43, 58), Cell(41, 58), Cell(32, 58, note="7 points up")],
    LONG_NAME: [Cell(0, 12), Cell(12, 12), Cell(0, 0)],
    "Nephrology": [
        Cell(0, 0, protected_text="fewer than 10"),
        Cell(0, 0, protected_text="fewer than 10"),
        Cell(0, 0, protected_text="about 60\N{NO-BREAK SPACE}%"),
    ],
}

SAMPLE_PEOPLE = [
    Person(
        1, "Ada Nwosu", "Cardiology, faculty", status="due_soon", status_text="Due in 12 days", when="by 3 Dec 2026"
    ),
    Person(
        2, "Bartholomew Featherstonehaugh-Oyelaran de la Cruz", LONG_NAME, status="overdue", when="since 30 Jun 2026"
    ),
    Person(3, "Chen Li", "Nephrology, resident", status="on_leave"),
    Person(4, "Dana Ruiz", "Pulmonary, staff", url=None),
]
