"""What the trail is narrowed by."""

from tracker.terms.queries import say
from tracker.trail.sentences import TOPIC_LABELS
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
        self.topic.choices = [(topic.value, say(label)) for topic, label in TOPIC_LABELS.items()]

    @property
    def is_by_system(self) -> bool:
        """Whether what ran by itself is meant."""
        return str(self.who.value).casefold() == SYSTEM
