"""The forms of signing in: shape and wording only."""

from wtforms.validators import ValidationError

from tracker.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from tracker.web.forms import BaseForm, EmailInput, Hidden, PasswordInput


class SignInForm(BaseForm):
    """E-mail address and password; `next` is where to go then."""

    email = EmailInput("E-mail address", required="your e-mail address", autocomplete="username")
    password = PasswordInput("Password", required="your password", max_length=LONGEST_PASSWORD)
    next = Hidden()


class ForgottenForm(BaseForm):
    """Where to send a sign-in link."""

    email = EmailInput("E-mail address", required="your e-mail address", autocomplete="username")


class PresentPasswordForm(BaseForm):
    """The password so far."""

    current = PasswordInput("Your present password", required="your present password", max_length=LONGEST_PASSWORD)


class NewPasswordForm(BaseForm):
    """A password, typed twice."""

    password = PasswordInput(
        "New password",
        required="a new password",
        noun="the password",
        hint=f"At least {SHORTEST_PASSWORD} characters. A few words in a row are easy to remember and hard to guess.",
        autocomplete="new-password",
        max_length=LONGEST_PASSWORD,
    )
    again = PasswordInput(
        "The same password again",
        required="the same password again",
        noun="the repeated password",
        autocomplete="new-password",
        max_length=LONGEST_PASSWORD,
    )

    def validate_again(self, field: PasswordInput) -> None:
        """Both are the same."""
        if field.value != self.password.value:
            raise ValidationError("The two passwords are not the same")


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    """The same for who knows the password so far."""
