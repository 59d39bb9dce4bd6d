"""The fixed cast: everybody who may open a page, and nobody, around one department."""

from dataclasses import dataclass
from datetime import timedelta

from tests.support import make
from tests.support.make import Account, Unit
from tracker.core import clock
from tracker.core.actor import Role


@dataclass(frozen=True, slots=True)
class Cast:
    """A school with two departments, one of them with a division; and one of each kind around the first department.

    `nobody` is the visitor who is not signed in.
    """

    school: Unit
    department: Unit
    division: Unit
    elsewhere: Unit
    learner: Account
    champion: Account
    champion_above: Account
    champion_elsewhere: Account
    champion_before: Account
    leaver: Account
    office: Account
    auditor: Account
    administrator: Account
    nobody: None = None

    def everybody(self) -> dict[str, Account | None]:
        """Each of them by what she is called here."""
        return {
            "learner": self.learner,
            "champion": self.champion,
            "champion_above": self.champion_above,
            "champion_elsewhere": self.champion_elsewhere,
            "champion_before": self.champion_before,
            "leaver": self.leaver,
            "office": self.office,
            "auditor": self.auditor,
            "administrator": self.administrator,
            "nobody": None,
        }


def gather() -> Cast:
    """Make them all."""
    yesterday = clock.today() - timedelta(days=1)
    school = make.unit("School of Medicine", kind="school", code="SOM")
    department = make.unit("Medicine", parent=school, code="MED")
    division = make.unit("Cardiology", kind="division", parent=department, code="CARD")
    elsewhere = make.unit("Surgery", parent=school, code="SURG")
    leaver = make.person("Leo Left", unit=department, ends_on=yesterday)
    return Cast(
        school=school,
        department=department,
        division=division,
        elsewhere=elsewhere,
        learner=make.learner(department, "Lea Learner"),
        champion=make.champion(department, name="Cara Champion"),
        champion_above=make.champion(school, name="Paula Parent", home=elsewhere),
        champion_elsewhere=make.champion(elsewhere, name="Ella Elsewhere"),
        champion_before=make.champion(
            department, name="Bo Before", starts_on=yesterday - timedelta(days=700), ends_on=yesterday
        ),
        leaver=make.account(Role.LEARNER, leaver),
        office=make.account(Role.OFFICE),
        auditor=make.account(Role.AUDITOR),
        administrator=make.account(Role.ADMINISTRATOR),
    )
