"""What the trail is narrowed by."""

from collections.abc import Iterator

from tracker.terms.queries import say
from tracker.trail.sentences import TOPIC_LABELS, UNIT_DEEDS, Topic
from tracker.web.forms import DateInput, FilterForm, SearchInput, Select

SYSTEM = "system"


class TrailFilter(FilterForm):
    """By whom, what, about whom or which unit, from when to when."""

    who = SearchInput("By whom", hint="A name or an e-mail address; “system” for what ran by itself.")
    about = SearchInput("About whom or which unit", hint="A name, an identifier, a code; of a unit also a former name.")
    topic = Select("What about", blank="Everything")
    words = SearchInput("Words of the deed", hint="Such as “verified” or “waived”.")
    first = DateInput("From", noun="the first day")
    last = DateInput("To", noun="the last day")

    def __init__(self) -> None:
        super().__init__()
        self.topic.choices = list(_topics())

    @property
    def is_by_system(self) -> bool:
        """Whether what ran by itself is meant."""
        return str(self.who.value).casefold() == SYSTEM


def _topics() -> Iterator[tuple[str, str]]:
    """Each topic; below units, each deed on one by itself."""
    for topic, label in TOPIC_LABELS.items():
        yield topic.value, say(label)
        if topic is Topic.UNITS:
            yield from ((deed, f"{label}: {deed.replace('-', ' ')}") for deed in UNIT_DEEDS)
