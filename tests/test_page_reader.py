"""The page reads people and links by itself: the same as Python reads of them, or it refuses them in words."""

import base64
import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd import examples
from shapes import Plain, damaged, links_file, people_file, plain

from sim.organisation.imported import read_organisation
from sim.organisation.imported.files import decoded
from sim.organisation.imported.networks import NotReadable
from sim.organisation.imported.words import words
from sim.organisation.structure import Builder
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import Organisation

ROOT = Path(__file__).parent.parent
CALL = """([people, links, words]) => {
  try { return { read: window.reader.read(people, links, words) }; } catch (error) {
    if (error.constructor !== Error) throw error;
    return { refused: error.message };
  }
}"""


@pytest.fixture(scope="module")
def page(browser):
    """The page's reader in a browser: a function that gives what it read, or ``refused`` with the words."""
    module = base64.b64encode((ROOT / "sim/report/handout/reader.js").read_bytes()).decode()
    page = browser.new_page()
    page.set_content("<!doctype html><title>Blank</title>")
    page.evaluate(f"import('data:text/javascript;base64,{module}').then((found) => {{ window.reader = found; }})")
    spoken = json.loads(json.dumps(words()))

    def _page(people: str | None, links: str | None = None) -> dict:
        return page.evaluate(CALL, [people, links, spoken])

    yield _page
    page.close()


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """What Python reads of the same texts."""
    folder = tmp_path_factory.mktemp("own")

    def _python(people: str | None, links: str | None = None) -> Builder:
        setting = {}
        for name, text in (("people", people), ("links", links)):
            if text is not None:
                (folder / f"{name}.csv").write_bytes(text.encode())
                setting[name] = f"{name}.csv"
        return read_organisation(Organisation.model_validate(setting), folder)

    return _python


@pytest.fixture(scope="module")
def compared(page, python):
    """A function: read by both, found to be the same; what the page gave."""

    def _compared(people: str | None, links: str | None = None) -> dict:
        found = page(people, links)
        assert "read" in found, found
        same(found["read"], python(people, links))
        return found["read"]

    return _compared


def same(read: dict, builder: Builder) -> None:
    """Roles, line, addresses, links in their order, and what is known: the same, weights by logarithm to 1e-12."""
    assert read["role"] == builder.roles
    assert read["manager"] == builder.managers
    assert read["address"] == builder.addresses
    links = list(zip(*read["links"], strict=True))
    assert [tuple(link[:3]) for link in links] == list(builder.links)
    for (*_, weight), other in zip(links, builder.links.values(), strict=True):
        assert math.isclose(weight, other, rel_tol=1e-12)
    known = {str(seat): person.model_dump() for seat, person in builder.known.items()}
    assert read["known"] == known


LINE = "id,manager_id\nd,\na,d\nb,d\nc,a\ne,a\n"
"""A director, a manager below, three others."""

TITLES = """Employee No;Full Name;Job Title;Reports To;Status
01;Möller, Ingrid;Director of Care;;Active
02;"Brandt; Noor";Practitioner;Ingrid Möller;Active
03;Sol, Rui;Middle Manager;Möller, Ingrid (01);Left
04;Ray, Bo;Health partner;Rui Sol;Active
"""


@pytest.mark.parametrize(
    ("people", "links"),
    [
        (LINE, None),
        (LINE.replace(",", ";").replace("\n", "\r\n"), None),
        ("\ufeff" + LINE.replace(",", "\t"), None),
        ("Staff list,\n\n" + LINE + ",\nTotal headcount: 5,\n", None),
        ("id,manager_id,fte\nd,,1\na,d,1\nb,d,0.5\nTotal,71,61.5\n", None),
        ("id,manager_id,fte\nd,,1\na,d,1\nb,d,0.5\nSub-totals,4,2.5\n", None),
        ("id,Grade,Post,Manager\n1,G1,Director,\n2,G7,Middle Manager,1\n3,G5,Practitioner,2\n", None),
        (LINE.replace("id,manager_id", "EMPLOYEE-ID,Reports_To (ID)"), None),
        ('id,manager_id,note\n"d, ""the"" boss",,"one\nand two"\na,"d, ""the"" boss",\n', None),
        ("id,role,manager_id\nh,health_partner,\nv,vcs,\nd,,\na,,d\nf,facilitator,\n", None),
        ("id,role,manager_id\nd,Director,\na,Director,d\nb,Lead Manager,a\nc,health partner,a\n", None),
        ("id,manager_id\nd,d\na,d\nb,a\noutside,\n", None),
        ("id,manager_id\nd,the chief\na,d\nb,a\n", None),
        ("id,Name,Manager ID,Manager Name\n1,Ada Quist,,\n2,Rui Sol,1,Ada Quist\n3,Ned Ox,2,Rui Sol\n", None),
        ("Email,First Name,Surname,Manager\nA@x.org,Ada,Quist,\nr@x.org,Rui,Sol,Ada Quist\n", None),
        ("Employee ID,Name,Manager\n007,Ada Quist,\n2,Rui Sol,7.0\n3,Ned Ox,2\n", None),
        ("id,manager_id,Termination Date\nd,,\na,d,31/12/9999\nb,a,2024-01-31\nc,b,\n", "source,target\nc,b\nc,d\n"),
        ("id,name,manager_id,status\nd,Ada,,left\na,Vacant,d,\nb,Bo,a,\nc,TBC,b,\ne,Cy,c,\nf,vacant post,b,\n", None),
        ("id,manager_id,Status,Leaving Date\nd,,Active,\na,d,Active,2030-01-31\nb,d,Left,\n", None),
        ("id,manager_id\nE-001,\nE-002,E001\ne-003,e/002\n", None),
        ("id,manager_id,Commitment,Values Score\nd,,0.5,\na,d,n/a,1\nb,d,\"0,25\",.5\n", None),
        (LINE, "source,target,weight\nb,c,2\nb,c,0.5\ne,c,0\na,d,4\nd,b,3\nb,e,\n"),
        (LINE, "From,To,Layer,Strength\nb,c,advice,3\nc,e,advice,0.1\ne,b,Advice,0.2\nb,e,email,12\nc,b,email,7\n"),
        (LINE, "source,target,layer\nb,c,partner\ne,c,coproduction\n"),
        (LINE, "source,target,type\nc,b,Undirected\nb,c,Undirected\nc,b,Directed\ne,e,Undirected\n"),
        (LINE, "source,target,direction\nb,c,<-\nc,e,<->\n"),
        (LINE, "source;target;mutual;Value\nb;c;yes;1,5\nc;e;no;2\n"),
        (LINE, "source,target,layer\nb,c,facilitation\n"),
        (LINE, "source,target,layer\nb,b,peer\nb,c,peer\n"),
        (LINE, "source,target,layer,weight,direction\na,b,advice,5,directed\nb,c,advice,2,both\nc,d,advice,3,->\n"),
        (LINE, "source,target,layer,weight,direction\nb,c,work,2,both\nc,d,email,3,directed\ne,b,work,7,\n"),
        (LINE, "Source,Target,Type,Id,Label,Weight\nb,c,Undirected,0,advice,2\nc,e,Undirected,1,friendship,1\n"),
        (LINE, "source,target,Symmetric\nb,c,TRUE\nc,e,FALSE\n"),
        (LINE, "source,target,arrows\nb,c,to\nc,e,to;from\ne,b,from\n"),
        ("id,Name,manager_id,Status,Employment Status\nd,Ann Lee,,active_payroll,Full-Time\na,Bo Ray,d,active,"
         "Terminated\nb,Cy Fox,d,inactive_external,Full-Time\nc,Di Day (Terminated),d,active,\ne,Ed,d,active,\n", None),
        ("id,manager_id,Is Active,Leaving Date\nd,,yes,\na,d,yes,2020-01-31\nb,d,yes,31/12/9999\nc,d,no,\n", None),
        ("id,manager_id,Leaving Date\nd,,0000-00-00\na,d,2020-01-31\nb,d,31/12/9999\n", None),
        ('id,manager_id\n1001,\n1002,"1,001"\n1003,1002\n', None),
        ("id,Title,Position Title,Manager\n1,Dr,Chief,\n2,Mrs,Clerk,1\n3,Mr.,Clerk,1\n4,,Clerk,1\n", None),
        ("id,manager_id\nEMP1001,\nEMP1002,1001\nEMP1003,1002\n", None),
        ("Employee ID,Worker,Worker's Manager\n1,Ann Lee,\n2,Bo Ray (On Leave),Ann Lee\n3,Cy Fox,Bo Ray\n", None),
        (LINE + "32 staff,\n", None),
        ("id,manager_id,commitment\nd,,N/A\na,d,0.5\nb,d,0.5\nc,d,1\ne,d,1\n", None),
    ],
)  # fmt: skip
def test_these_files_are_read_as_python_reads_them(compared, people, links):
    compared(people, links)


def test_the_examples_staff_list_is_read_as_it_is(compared):
    """With its title lines, titles, names in place of ids, leavers and dotted lines."""
    text, _ = decoded((ROOT / "scenarios/examples/millbrook-staff.csv").read_bytes())
    found = compared(text)
    assert len(found["role"]) == 20
    assert found["role"].count(Role.MIDDLE_MANAGER) == 6
    assert "  Dotted-Line Manager: not read" in found["columns"]


def test_titles_names_and_leavers_have_it_by_hand(compared):
    """Ingrid heads it; Noor and Bo report to her, for Rui left; the partner has a manager, so is from inside."""
    found = compared(TITLES)
    assert found["role"] == [Role.DIRECTOR, Role.PRACTITIONER, Role.PRACTITIONER]
    assert found["manager"] == [-1, 0, 0]
    assert found["address"] == [(1 << 48) + 1, (4 << 48) + 1, (4 << 48) + 2]
    kinds = found["links"][2]
    assert (kinds.count(Kind.LINE_DOWN), kinds.count(Kind.LINE_UP), kinds.count(Kind.PEER)) == (2, 2, 2)
    said = "\n".join(found["notes"])
    assert "3 people and 6 links were read." in said
    assert "1 person had left, and was left out." in said
    assert "people with the same manager were made peers" in said
    assert found["columns"][1:4] == ["  Employee No: id", "  Full Name: name", "  Job Title: title"]


def test_a_relative_weight_is_exact(compared):
    """Where a sum would round: ten ties of 0.1 have the mean 0.1, and each counts for 1."""
    ids = [f"p{number}" for number in range(11)]
    people = "id,manager_id\nd,\n" + "".join(f"{one},d\n" for one in ids)
    links = "source,target,layer,weight\n" + "".join(f"{a},{b},advice,0.1\n" for a, b in pairwise(ids))
    found = compared(people, links)
    weights = [weight for kind, weight in zip(*found["links"][2:], strict=True) if kind == Kind.PEER]
    assert weights == [1.0] * 10


def written(data: st.DataObject, org: Plain) -> tuple[str, str]:
    """An organisation as the plainest of files, by ids or by names."""
    called = dict(zip(org.ids, org.names if data.draw(st.booleans()) else org.ids, strict=True))
    mark = data.draw(st.sampled_from(",;\t"))
    way = "undirected" if org.mutual else "directed"
    layers = data.draw(st.lists(st.sampled_from(["peer", "advice", "email"]), min_size=len(org.ties)))
    people = [["id", "name", "manager"]]
    people += [
        [one, name, called.get(boss, "")] for one, name, boss in zip(org.ids, org.names, org.managers, strict=True)
    ]
    links = [["from", "to", "layer", "weight", "direction"]]
    links += [
        [called[a], called[b], layer, f"{weight:g}", way]
        for ((a, b), weight), layer in zip(org.ties.items(), layers, strict=False)
    ]
    first, second = ("\n".join(mark.join(row) for row in rows) for rows in (people, links))
    return first, second


@settings(max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain())
def test_plain_files_are_read_as_python_reads_them(compared, data, org):
    """Any organisation, by ids or names, with ties of several layers, with the links file and without."""
    people, links = written(data, org)
    compared(people, links if data.draw(st.booleans()) else None)


@settings(max_examples=examples(400), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain())
def test_files_of_any_make_are_read_as_python_reads_them_or_refused(page, python, data, org):
    """As systems write them, and damaged: the page never reads what Python refuses, nor reads it otherwise."""
    texts: list[str | None] = []
    for content, end in (data.draw(people_file(org)), data.draw(links_file(org))):
        content = data.draw(damaged(content)) if data.draw(st.booleans()) else content
        try:
            texts.append(decoded(content)[0] if end == ".csv" else None)
        except NotReadable:
            texts.append(None)
    if texts == [None, None]:
        return
    found = page(*texts)
    if "read" in found:
        same(found["read"], python(*texts))


LINKS = "source,target,layer\nb,c,peer\n"


@pytest.mark.parametrize(
    ("people", "links", "said"),
    [
        ("", None, "people file: commas, semicolons or tabs between columns are needed"),
        ("PK\x03\x04,", None, "people file: this is not text in UTF-8"),
        ("<graphml>,", None, "people file: this is no CSV. The command leadership-sim organisation FILE reads more"),
        ("sep=;\n" + LINE.replace(",", ";"), None, "people file: this is no CSV"),
        ("what,who\nd,\na,d\n", None, "people file: the first row must name the columns, and none of them is id or"),
        (LINE, "source,towards\nb,c\n", "links file: the first row must name the columns"),
        ('id,manager_id\n"zoe,\n', None, "people file: the quotation marks at or before row 2"),
        (",Manager,\nID,ID,Name\nzoe,,Zoe\nann,zoe,Ann\n", None, "people file: the columns are named in two rows"),
        ("id,id,manager_id\nzoe,zoe,\n", None, "people file row 1: two columns are named id"),
        ("id,Worker ID,manager_id\nzoe,1,\n", None, "people file: two columns of ids"),
        ("id,manager_id\nzoe,,x\n", None, "people file row 2: more cells than in row 1"),
        (LINE.replace("a,d", "# zoe,\na,d"), None, "people file row 3: this looks like a comment, or headings"),
        (LINE + "Total headcount,\"1,005\"\n", None, "people file row 7: a total, it seems"),
        (",zoe,ann,bob\nzoe,0,1,1\nann,1,0,0\nbob,1,0,0\n", None, "people file: this is a matrix"),
        ("id,level,team\nzoe,1,x\nann,2,x\n", None, "people file: it does not say who manages whom. Add a column"),
        ("id,manager_id\nzoe,\nzoe,\n", None, "people file row 2: the id is somebody else's too"),
        ("id,manager_id\nzoe,\n,zoe\n", None, "people file row 3: there is no id"),
        ("id,manager_id\nzoe,\nann,bob\ncat,zoe\n", None, "people file row 3: the manager is nobody's id"),
        ("name,manager\nzoe,\nann b,zoe\nAnn B,zoe\ncat,ann b\n", None, "row 5: the manager could be more than one"),
        ("id,manager_id\nzoe,\nann,zoe\nbob,\ncat,bob\n", None, "row 2, people file row 4 have reports but no manager"),
        ("id,manager_id\nzoe,\nann,bob\nbob,ann\ncat,zoe\n", None, "manage one another in a circle"),
        ("id,manager_id\nzoe,\nann,zoe\nbob,bob\n", None, "people file row 4: this person manages themself"),
        ("id,role,manager_id\nzoe,director,\nann,practitoner,zoe\n", None, "people file row 3: the role is misspelt"),
        ("id,role,manager_id\nzoe,vcs,\nann,,zoe\n", None, "people file row 2: this person heads the line"),
        ("id,role,manager_id\nzoe,director,\nann,director,zoe\n", None, "row 3: a second person has the role director"),
        ("id,manager_id,commitment\nzoe,,4\nann,zoe,1\n", None, "people file row 2: commitment from 0 to 1 is needed"),
        (LINE, LINKS.replace("c,", "zoe,"), "links file row 2: the source or the target is nobody's id"),
        (LINE, LINKS.replace("peer", "lunch"), "links file row 2: the layer is none of peer, partner, coproduction"),
        (LINE, LINKS + "b,a,reports_to\n", "links file row 3: the layer is none of peer, partner, coproduction"),
        (LINE, LINKS + "a,b,line_down\n", "links file row 3: the layer is none of peer, partner, coproduction"),
        (None, LINKS, "people file: a file of people is needed. The command leadership-sim organisation FILE reads"),
        ("id,role,manager_id\nzoe,lead_member,\nann,,zoe\n", None, "row 2: a lead member, it seems. The command"),
        (LINE, "source,target,weight\nb,c,many\n", "links file row 2: the weight is not a number"),
        (LINE, "source,target,weight\nb,c,\"1,234\"\n", "links file row 2: the weight is not a number"),
        (LINE, "source,target,directed\nb,c,zoe\n", "links file row 2: the direction is none of"),
        (LINE, "source,target,advice\nb,c,1\n", "links file: layers in columns of their own are not read here"),
    ],
)  # fmt: skip
def test_what_the_page_does_not_read_is_refused_in_words(page, people, links, said):
    """It says where, by the number of the row, and what would do; it quotes no cell."""
    message = page(people, links)["refused"]
    assert said in message
    assert not {"zoe", "ann", "bob", "lunch", "many"} & set(message.lower().replace(".", " ").split())


@pytest.mark.parametrize(
    ("people", "links"),
    [
        ("id,email,Manager Email\n1,a@y,\n1,b@y,1\n1,c@y,1\n", None),
        ("Wer,Chef,Ann\n1,,x\n2,1,y\n", None),
        ("Employee ID,Name,Manager\n1,Ann Lee,\n2,Bo Ray,\"Snodgrass, Percy (1)\"\n3,Cy Fox,Ann Lee (1)\n", None),
        ("Employee ID,Name,Manager\n1,Ann Lee,\n2,Bo Ray,Percy Snodgrass - 1\n3,Cy Fox,Ann Lee (1)\n", None),
        ("Employee ID,Name,Manager\n1,Ann Lee,\n2,Bo Ray,Cy Fox (1)\n3,Cy Fox,Ann Lee (1)\n", None),
        ("id,Name,Manager ID,Manager Name\n1,Ann Lee,,\n2,Bo Ray,1,Percy Snodgrass\n3,Cy Fox,1,Ann Lee\n", None),
        ("id,Name,Manager Name,Manager ID\n1,Ann Lee,,\n2,Bo Ray,Ann Lee,9\n3,Cy Fox,Ann Lee,1\n", None),
        ("Employee ID,Worker,Worker's Manager\n1,Ann Lee,\n2,Bo Ray [C],Ann Lee\n3,Cy Fox,Bo Ray [C]\n", None),
        ("id,manager_id,Status\n1,EMP1003,\n2,EMP1001,Left\nEMP1003,,\n", None),
        ("id,manager_id,Status\nE1,,\nE2,1,Left\nE3,E2,\n", None),
        ("id,manager_id\nE2,\nBo Ray,E2\nE3,2 - Bo Ray\n", None),
        ("Employee,Manager\nann,zoe\nbob,zoe\ncat,ann\n", None),
        ("Employee Number,Assignment Number,Manager\n1,1,\n2,2,1\n3,3,2\n3,3-2,2\n", None),
        ("Employee ID,Name,Manager\nDepartment: Exec,,\nd,Ann,\n,Department: Ops,\na,Bo,d\nPage 1 of 2,,\n", None),
        ("id,Name,Manager\n0,Ann,\nx,Bo,0\nself,Cy,x\n", None),
        ("id,email,Manager Email\n0,a@y,\n1,b@y,0\n2,c@y,0\n", None),
        ("id,manager_id,values\nd,,Agree\na,d,Strongly agree\nb,d,Disagree\nc,d,Neutral\n", None),
        ("id,manager_id,values\nd,,80%\na,d,5 %\nb,d,100%\n", None),
        ("id,manager_id,level\nd,,Top\na,d,2\nb,d,3\nc,d,3\n", None),
        (LINE, "Respondent,Nominee 1,Nominee 2,Team\nb,c,,x\nc,e,b,x\n"),
        (LINE, "Respondent,Nominee 1,Team\nb,c,x\nc,e,x\n"),
        (LINE, "Source,Target,Id,Label\nb,c,1,advice\nc,e,2,a tie\n"),
        (LINE, "source,target,Edge Type\nb,c,Directed\nc,e,Undirected\n"),
        (LINE, "source,target,advice,friendship\nb,c,often,1\nc,e,1,never\n"),
        (LINE, "source,target,Q1 Advice,Age\nb,c,1,2\n"),
        (LINE, "a,b,2,peer\nb,c,3,peer\n"),
        (LINE, ",a,b,c,Total\na,0,1,0,1\nb,1,0,1,2\nc,0,1,0,1\nTotal,1,2,1,4\n"),
        (LINE, "Who asks whom?,,,\n,a,b,c\na,0,1,0\nb,x,0,1\nc,,Yes,\n"),
        ("id,V1,V2\n1,0,1\n2,1,0\n", None),
    ],
)  # fmt: skip
def test_what_python_reads_in_its_own_way_the_page_reads_alike_or_refuses(page, python, people, links):
    """Files as they come, in the shapes of tests/test_as_it_comes.py."""
    found = page(people, links)
    if "read" in found:
        same(found["read"], python(people, links))
    else:
        assert found["refused"].startswith(("people file", "links file"))


def test_neither_notes_nor_columns_quote_a_cell_or_a_strange_heading(page):
    """Somebody's name may be anywhere; a heading is told where it is a word that the reader knows."""
    people = "Name,Title,Manager,Zoe's notes\nZoe Quist,Chief Zoe,,zoe\nAnn Quist,,Zoe Quist,zoe\nBob Quist,,,zoe\n"
    found = page(people, "from,to,weight\nAnn Quist,Bob Quist,0\n")["read"]
    told = "\n".join([*found["notes"], *found["columns"]])
    assert "  column 4: not read" in told
    assert "  Manager: manager_id" in told
    assert not {"zoe", "quist", "ann", "bob"} & set(told.lower().replace("'", " ").split())


@pytest.mark.parametrize("meaning", ["id", "manager_id", "source", "weight"])
def test_the_page_knows_every_name_that_python_knows(compared, meaning):
    """Its words are Python's own, so that the two do not drift apart."""
    known = words()
    names = [*known["people"].get(meaning, ()), *known["links"].get(meaning, ())]
    names += [first + by for first in known["each"].get(meaning, [[]])[0] for by in ("", "id", "fullname")]
    assert len(names) > 15
    for name in names:
        people = ",".join(name if one == meaning else one for one in ("id", "manager_id"))
        links = ",".join(name if one == meaning else one for one in ("source", "target", "weight"))
        compared(LINE.replace("id,manager_id", people), f"{links}\nb,c,2\nc,e,3\n")
