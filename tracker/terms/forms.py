"""The form that gives something another name."""

from tracker.terms.rules import LONGEST, Words
from tracker.web.forms import ChangeForm, DateInput, TextInput


class WordsForm(ChangeForm):
    """The words of one thing, and from which day on they hold."""

    full_name = TextInput(
        "Full name", required="the full name", max_length=LONGEST, hint="Where it stands alone, such as a heading."
    )
    singular = TextInput("One, within a sentence", required="the word for one", noun="the word", max_length=LONGEST)
    plural = TextInput(
        "Several, within a sentence", required="the word for several", noun="the word", max_length=LONGEST
    )
    starts_on = DateInput("From", required="the first day", noun="the first day")

    @property
    def words(self) -> Words:
        """What was filled in."""
        return Words(self.full_name.value, self.singular.value, self.plural.value)
