"""A small folder of facts with something in every file, to be spoilt in one place at a time."""

from pathlib import Path

FILES = {
    "units.csv": """\
code,from,to,name,kind,parent
SOM,,,School of Medicine,school,
MED,2020-01-01,,Medicine,department,SOM
SUR,2020-01-01,,Surgery,department,SOM
""",
    "people.csv": """\
person_id,name,email
0001,Ada,ada@example.edu
0002,Ben,
""",
    "appointments.csv": """\
person_id,unit,category,role,fte,primary,start,end
0001,MED,staff,clinical,1.0,yes,2021-01-01,2022-12-31
0001,SOM,staff,manager,0.50,yes,2023-01-01,
0002,SUR,faculty,research,,no,2022-01-01,
""",
    "functions.csv": """\
person_id,function,start,end
0001,search,2022-01-01,2022-06-30
""",
    "leaves.csv": """\
person_id,start,end
0001,2022-02-01,2022-02-28
0001,2022-05-01,
""",
    "waivers.csv": """\
person_id,requirement,module,start,end,reason,approved_by
0001,R1,M1,2022-01-01,,agreed,office
""",
    "completions.csv": """\
id,person_id,module,completed_on,source,state,minutes,corrects
c1,0001,M1,2022-03-01,self,claimed,60,
c2,0001,M1,2022-03-02,self,verified,60,c1
c3,0002,OLD-1,2022-03-01,import,verified,,
""",
    "gate_overrides.csv": """\
gate,unit,opened_on,reason,approved_by
G1,MED,2022-01-01,agreed,office
""",
    "champions.csv": """\
person_id,unit,kind,fte,start,end
0001,MED,staff,0.2,2022-01-01,
""",
    "curriculum.toml": """\
[[module]]
code = "M1"
title = "One"
minutes = 60
evidence = "verification"
equivalents = ["OLD-1"]
links = [{ title = "Page", url = "https://example.edu/" }]

[[module]]
code = "M2"
title = "Two"
after = ["M1"]

[[requirement]]
code = "R1"
title = "Asked"
modules = ["M1", "M2"]
level = "required"
from = 2021-01-01
to = 2030-12-31
audience = { categories = ["staff"], units = ["SOM"] }
due = { date = 2022-06-30, days_after_start = 30 }
repeat = { cycle = "07-01", due_by = "12-31" }

[[requirement]]
code = "R2"
title = "Asked again"
modules = ["M2"]
level = "expected"
from = 2021-01-01
repeat = { months = 12 }

[[gate]]
code = "G1"
unit_kinds = ["department"]
needs = ["M1"]
percent = 50
from = 2021-01-01
audience = { roles = ["clinical"] }
""",
}


def write(folder: Path, **changed: str | bytes | None) -> Path:
    """The folder, with some files (by their name without a suffix) other than they are, or (none) missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        content = changed.get(name.split(".")[0], text)
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def spoilt(name: str, old: str, new: str) -> str:
    """A file's text with one place changed, which stands in it just once."""
    text = FILES[name]
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    return text.replace(old, new)
