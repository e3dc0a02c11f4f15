"""An organisation as some system wrote it is read rightly, or refused in words; nothing of it is dropped in silence."""

import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd import examples
from shapes import damaged, links_file, network_file, people_file, plain, survey_file

from sim.organisation.imported import purposes, reading
from sim.organisation.imported.columns import SURVEYED
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import ScenarioError, from_dict

PEOPLE = "id,manager_id\nd,\na,d\nb,d\nc,a\n"
"""A director, a manager below, two others."""

NOBODYS = (
    "manager_id{} is nobody's id: it must be the id, e-mail or name of somebody in the files, or empty for the person "
    "at the top"
)


class Told:
    """What came of some files: by id, who manages whom, who is what, who influences whom; and what was said of it."""

    def __init__(self, read):
        builder = read.builder
        ids = builder.ids
        self.account, self.notes = "\n".join(read.account), "\n".join(builder.notes)
        self.titles = read.roles
        self.managers = {one: ids[m] if m >= 0 else "" for one, m in zip(ids, builder.managers, strict=True)}
        self.roles = dict(zip(ids, builder.roles, strict=True))
        self.links = {(ids[s], ids[t], kind): weight for (s, t, kind), weight in builder.links.items()}
        self.peers = {(s, t): weight for (s, t, kind), weight in self.links.items() if kind == Kind.PEER}
        self.known = {ids[seat]: person.model_dump(exclude_none=True) for seat, person in builder.known.items()}


@pytest.fixture
def read(tmp_path):
    """Write people, links and a survey as given, with their endings, and read them."""

    def _read(people=None, links=None, survey=None, ends=(".csv", ".csv", ".csv"), **setting) -> Told:
        for name, content, end in zip(("people", "links", "survey"), (people, links, survey), ends, strict=False):
            if content is not None:
                content = content if isinstance(content, bytes) else content.encode()
                (tmp_path / f"{name}{end}").write_bytes(content)
                setting[name] = f"{name}{end}"
        return Told(reading(from_dict({"organisation": setting}, folder=tmp_path).organisation, tmp_path))

    return _read


@pytest.fixture
def refused(read):
    """The words with which files are refused."""

    def _refused(*files, **setting) -> str:
        with pytest.raises(ScenarioError) as caught:
            read(*files, **setting)
        return str(caught.value)

    return _refused


# -- Column names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Employee ID", "EmployeeID", "employee_id", "EMPLOYEE-ID", "Employee Number", "Employee #", "Employee No.",
        "Worker ID", "User ID", "Person Number", "Position ID", "Assignment Number", "Unique ID", "Badge ID",
        "Staff ID", "Unique Identifier", "ID", "Email Address", "Full Name",
    ],
)  # fmt: skip
@pytest.mark.parametrize("manager", ["Reports To", "Manager"])
def test_ids_are_known_by_the_names_of_many_systems(read, name, manager):
    found = read(f"{name},{manager}\nd,\na,d\nb,d\nc,a\n")
    assert found.managers == {"d": "", "a": "d", "b": "d", "c": "a"}
    assert f"{name}: " in found.account


@pytest.mark.parametrize(
    "name",
    [
        "Manager ID", "ManagerId", "manager_id", "Manager", "Supervisor ID", "Supervisor", "Reports To", "Reporting To",
        "Reporting Manager", "Line Manager", "Line Manager ID", "Parent ID", "Direct Manager", "Manager's Employee ID",
        "Reports-To (ID)", "Boss", "MANAGER EMPLOYEE NUMBER",
    ],
)  # fmt: skip
def test_managers_are_known_by_the_names_of_many_systems(read, name):
    assert read(f"{name},id\n,d\nd,a\nd,b\na,c\n").managers == {"d": "", "a": "d", "b": "d", "c": "a"}


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Employee ID,Name,Manager\n1,Ada Quist,\n2,Rui Sol,Ada Quist\n3,Ned Ox,Rui Sol\n", "by Name"),
        ("Employee ID,Name,Manager\n1,Ada Quist,\n2,Rui Sol,\"Quist, Ada\"\n3,Ned Ox,SOL Rui\n", "by Name"),
        ("Employee ID,First Name,Surname,Manager\n1,Ada,Quist,\n2,Rui,Sol,Ada Quist\n3,Ned,Ox,Rui Sol\n", "last name"),
        ("Employee ID,Email,Supervisor Email\n1,a@x.org,\n2,R@x.org,A@x.org\n3,n@x.org,r@x.org\n", "by Email"),
        ("Employee ID,Name,Manager\n1,Ada Quist,\n2,Rui Sol,Ada Quist (1)\n3,Ned Ox,Rui Sol (2)\n", "manager_id"),
        ("Employee ID,Name,Manager\n1,Ada Quist,\n2,Rui Sol,1 - Ada Quist\n3,Ned Ox,2 - Rui Sol\n", "manager_id"),
        ("Employee ID,Name,Manager\n1,Ada Quist,\n2,Rui Sol,Ada Quist 1\n3,Ned Ox,Rui Sol 2\n", "manager_id"),
        ("Employee ID,Ref,Manager\n1,P-1,\n2,P-2,P-1\n3,P-3,P-2\n", "manager_id"),
        ("Employee ID,Ref,Manager\n1,02,\n2,03,02\n3,01,03\n", "manager_id"),
        ("Employee ID,Position ID,Manager Position ID\n1,3,\n2,1,3\n3,2,1\n", "by Position ID"),
        ("Employee ID,Manager ID,Manager Name\n1,,\n2,1,A\n3,2,B\n", "by Employee ID"),
    ],
)  # fmt: skip
def test_a_manager_may_be_named_in_any_way_that_leaves_no_doubt(read, text, by):
    found = read(text)
    assert found.managers == {"1": "", "2": "1", "3": "2"}
    assert by in found.account


def test_two_of_one_name_are_told_apart_by_the_id_beside_it_or_refused(read, refused):
    text = "id,Name,Manager\n1,Ann Lee,\n2,Bo Ray,Ann Lee\n3,Bo Ray,Ann Lee\n4,Cy Fox,Bo Ray{}\n"
    assert read(text.format(" (3)")).managers["4"] == "3"
    assert refused(text.format("")) == (
        "people file row 5: manager_id (column 'Manager') could mean more than one person; give the manager's id, or "
        "both: Name (id)"
    )


def test_what_a_column_is_can_be_said(read, refused):
    """A column that no list has, one that means something else here, and one that is not to be read."""
    text = "Wer,Chef,Manager\nd,,x\na,d,y\nb,d,z\n"
    found = read(text, columns={"wer": "id", "CHEF": "Manager ID", "Manager": "ignore"})
    assert found.managers == {"d": "", "a": "d", "b": "d"}
    assert "Manager: not read, as asked" in found.account
    known = "[organisation.columns] entry 2: no file has a column of this name"
    assert refused(text, columns={"Wer": "id", "Boss": "manager_id"}).split("\n")[0] == known
    assert "entry 1: unknown meaning; did you mean 'manager_id'?" in refused(text, columns={"Wer": "manger_idd"})


def test_names_in_two_rows_are_read_together(read, refused):
    """Manager over ID is the manager's id; where the upper row does not help, a column is there twice."""
    text = "\nID,Name,ID,Name,Post\n1,Ann,,,x\n2,Bo,1,Ann,y\n3,Cy,2,Bo,z\n"
    assert read("Employee,,Manager,," + text).managers == {"1": "", "2": "1", "3": "2"}
    said = [f"people file: row 2 names the column {name!r} twice" for name in ("id", "name")]
    assert refused("A,,M,," + text).split("\n") == said


def test_a_column_whose_name_is_hidden_can_be_called_by_its_place(read, refused):
    """As the account calls it; also one without a name, in files that name no column at all."""
    text = (
        "id,manager_id,Okafor votes,Lena Okafor\n1,,x,Lena Okafor\n2,Lena Okafor,y,Noor Brandt\n3,Noor Brandt,z,Al Ox\n"
    )
    found = read(text, columns={"column 4": "name"})
    assert found.managers == {"1": "", "2": "1", "3": "2"}
    assert "column 4: name\n  not read: column 3" in found.account
    assert refused(text, columns={"column 5": "name"}).startswith(
        "[organisation.columns] entry 1: no file has a column of this name; did you mean 'column 4'?"
    )
    found = read("1,,Ann\n2,1,Bo\n3,1,Cy\n", columns={"column 1": "id", "Column 2": "Reports To"})
    assert found.managers == {"1": "", "2": "1", "3": "1"}
    found = read("Wer,Chef,Ann\n1,,x\n2,1,y\n", columns={"column 1": "id", "column 2": "manager_id"})
    assert found.managers == {"1": "", "2": "1"}
    assert "columns named in row 1" in found.account
    found = read(
        PEOPLE, "1999,a,b\n2000,b,c\n", columns={"column 2": "source", "column 3": "target", "column 1": "ignore"}
    )
    assert found.peers == {("a", "b"): 1.0, ("b", "c"): 1.0}


def test_a_place_is_of_the_table_that_it_suits(read):
    """A name of people is not looked for among links, and a column that is called so comes first."""
    links = "source,target,weight,layer\na,b,2,peer\n"
    found = read("id,manager_id,x,Wer\nd,,,D\na,D,,A\nb,D,,B\n", links, columns={"column 4": "name"})
    assert found.managers == {"d": "", "a": "d", "b": "d"}
    assert "layer: layer" in found.account
    found = read("Column 2,Wer,Manager\nd,x,\na,y,d\n", columns={"column 2": "id"})
    assert found.managers == {"d": "", "a": "d"}


def test_a_misspelt_column_is_told_with_the_nearest_that_there_is(refused):
    said = refused("id,Surname Forename,manager_id\n1,Ann,\n2,Bo,1\n", columns={"Surnam Forename": "name"})
    assert said == "[organisation.columns] entry 1: no file has a column of this name; did you mean 'Surname Forename'?"
    assert "(did you mean 'Kennung'?)" in refused("Kennung,Chef\n1,\n2,1\n", columns={"Kenung": "id"})
    assert "did you mean" not in refused("Kennung,Chef\nKennung,\n2,1\n", columns={"Kenung": "id"})


@pytest.mark.parametrize("names", ["Name", "First Name,Surname"])
def test_a_name_and_a_number_that_disagree_are_said_or_refused(read, refused, names):
    """Said where the name is nobody's here, with the number taken; refused where both are somebody."""
    text = f"Employee ID,{names},Manager\n111,Ann Lee,\n112,Bo Ray,{{}}\n113,Cy Fox,Ann Lee (111)\n"
    text = (
        text
        if names == "Name"
        else text.replace("Ann Lee,", "Ann,Lee,").replace("Bo Ray", "Bo,Ray").replace("Cy Fox", "Cy,Fox")
    )
    for cell in ('"Snodgrass, Percy (111)"', "Percy Snodgrass [111]", "111 (Percy Snodgrass)"):
        found = read(text.format(cell))
        assert found.managers == {"111": "", "112": "111", "113": "111"}
        assert (
            "1 manager in the people file has a number, and words beside it that are not the name of whoever has that "
            "number: the number was taken (row 3)." in found.notes
        )
    assert "words beside it" not in read(text.format("Annabel Lee (111)")).notes
    assert (
        refused(text.format("Percy Snodgrass - 111")) == f"people file row 3: {NOBODYS.format(" (column 'Manager')")}"
    )
    assert refused(text.format("Cy Fox (111)")) == (
        "people file row 3: manager_id (column 'Manager') names one person and has the number of another; correct one, "
        "or give the id alone"
    )
    assert "could mean more than one person" in refused(text.format("112; 113"))


def test_a_name_in_another_column_that_is_not_the_managers_is_said(read):
    found = read("id,Name,Manager ID,Manager Name\n1,Ann Lee,,\n2,Bo Ray,1,Percy Snodgrass\n3,Cy Fox,1,Ann Lee\n")
    assert found.managers == {"1": "", "2": "1", "3": "1"}
    assert "the number was taken (row 3)" in found.notes


@pytest.mark.parametrize(
    ("name", "manager"), [("Bo Ray (On Leave)", "Bo Ray"), ("Bo Ray [C]", "bo ray"), ("Bo Ray", "Bo Ray (On Leave)")]
)
def test_what_a_system_puts_behind_a_name_is_no_part_of_it(read, name, manager):
    text = f"Employee ID,Worker,Worker's Manager\n1,Ann Lee,\n2,{name},Ann Lee\n3,Cy Fox,{manager}\n"
    assert read(text).managers == {"1": "", "2": "1", "3": "2"}


def test_two_of_one_name_with_different_remarks_are_still_two(refused):
    text = (
        "Employee ID,Worker,Manager\n1,Ann Lee,\n2,Bo Ray (On Leave),Ann Lee\n3,Bo Ray [C],Ann Lee\n4,Cy Fox,Bo Ray\n"
    )
    assert "could mean more than one person" in refused(text)


# -- Titles ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["role", "Job Title", "Grade", "Position"])
@pytest.mark.parametrize("title", ["Team Member", "Nurse Practitioner", "HR Director", "Health Planner", "Directors"])
def test_ordinary_titles_are_not_misspelt_roles(read, column, title):
    """A title that the model does not know is a title, and its holder's role comes from the line."""
    found = read(f"id,{column},manager_id\n1,Chief,\n2,Head,1\n3,{title},2\n4,{title},2\n")
    assert found.roles == {"1": Role.DIRECTOR, "2": Role.MIDDLE_MANAGER, "3": Role.PRACTITIONER, "4": Role.PRACTITIONER}
    assert found.titles[title.lower()] == Role.PRACTITIONER


def test_roles_in_the_models_own_words_throughout_are_held_to_them(refused):
    said = refused("id,role,manager_id\n1,director,\n2,middle manager,1\n3,practicioner,2\n")
    assert said.startswith("people file row 4: unknown role; did you mean 'practitioner'?")
    said = refused("id,role,manager_id\n1,director,\n2,director,1\n")
    assert said == "people file: row 2, row 3 all have the role director; there can be one"


def test_several_directors_below_a_chief_are_what_the_line_makes_them(read):
    found = read("id,Title,Manager\n1,Chief Executive,\n2,Director,1\n3,Director,1\n4,Clerk,2\n")
    assert found.roles == {
        "1": Role.DIRECTOR, "2": Role.MIDDLE_MANAGER, "3": Role.PRACTITIONER, "4": Role.PRACTITIONER,
    }  # fmt: skip
    assert "2 people called director do not head the line" in found.notes


def test_a_title_like_a_role_from_outside_does_not_put_anybody_outside(read):
    """Whoever has a manager in the file is from inside, unless the user's own table says otherwise."""
    text = "id,Job Title,Manager\n1,Chief,\n2,Clerk,1\n3,Facilitator,1\n4,Facilitator,\n"
    assert [read(text).roles[one] for one in "34"] == [Role.PRACTITIONER, Role.CHANGE_FACILITATOR]
    assert read(text, roles={"facilitator": "vcs_partner"}).roles["3"] == Role.VCS_PARTNER


def test_a_table_of_titles_decides(read):
    """For a job title or a grade, whichever the table knows."""
    text = "id,Title,Grade,Manager\n1,Chief,G1,\n2,Clerk,G7,1\n3,Nurse,G5,1\n4,Clerk,G5,1\n"
    found = read(text, roles={"g7": "back_office", "Nurse": "practitioner"})
    assert [found.roles[one] for one in "234"] == [Role.BACK_OFFICE, Role.PRACTITIONER, Role.PRACTITIONER]
    assert found.titles == {"chief": Role.DIRECTOR, "clerk": Role.PRACTITIONER}


def test_a_column_of_forms_of_address_holds_no_job_titles(read):
    found = read("id,Title,Position Title,Manager\n1,Dr,Chief,\n2,Mrs,Clerk,1\n3,Mr.,Clerk,1\n4,,Clerk,1\n")
    assert found.titles == {"chief": Role.DIRECTOR, "clerk": Role.PRACTITIONER}
    assert "not read: Title" in found.account


# -- Values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nobody", ["", "0", "-", "N/A", "NO_MANAGER", r"\N", "d", "NULL", "None", "nan", "#N/A", "XX", "-1", "The Board"]
)
def test_nobody_is_written_in_many_ways(read, nobody):
    """Also a manager from outside, where nobody else could head the line."""
    assert read(f"id,manager_id\nd,{nobody}\na,d\nb,d\nc,a\n").managers == {"d": "", "a": "d", "b": "d", "c": "a"}


def test_what_says_nobody_is_not_repaired_to_somebody(read, refused):
    """-1 is not the person 1; nor is Team 2 the person 2, or 1.1 the person 11."""
    assert read("id,manager_id\n1,-1\n2,1\n3,N/A\nNa,1\n").managers == {"1": "", "2": "1", "3": "", "Na": "1"}
    said = refused("id,Name,Manager\n1,Ann,\n2,Bo,Team 1\n11,Cy,1.1\n")
    assert said == f"people file, 2 rows (row 3, row 4): {NOBODYS.format(" (column 'Manager')")}"


def test_what_says_nobody_may_be_somebody(read):
    assert read("id,manager_id\n0,\nNA,0\n1,NA\n").managers == {"0": "", "NA": "0", "1": "NA"}


def test_columns_that_name_two_managers_are_said_to(read):
    found = read("id,Name,Manager ID,Manager Name\n1,Ann,,\n2,Bo,1,Ann\n3,Cy,1,Bo\n")
    assert found.managers == {"1": "", "2": "1", "3": "1"}
    assert "1 person in the people file has two managers by two columns: the likelier column was read." in found.notes


def test_a_manager_whom_one_column_finds_and_another_does_not_is_said(read):
    """Not where that other column finds nobody at all, as names do without a column of names."""
    found = read("id,Name,Manager Name,Manager ID\n1,Ann Lee,,\n2,Bo Ray,Ann Lee,9\n3,Cy Fox,Ann Lee,1\n")
    assert found.managers == {"1": "", "2": "1", "3": "1"}
    said = (
        "1 manager in the people file is somebody by one column and nobody by another: the one who was found was taken"
    )
    assert f"{said} (row 3)." in found.notes
    found = read("id,Manager Name,Manager ID\n1,,\n2,Ann Lee,1\n3,Ann Lee,1\n")
    assert "nobody by another" not in found.notes


def test_a_manager_without_a_row_whom_several_name_heads_the_line(read, refused):
    found = read("Employee,Manager\nann,zoe\nbob,zoe\ncat,ann\n")
    assert found.managers == {"zoe": "", "ann": "zoe", "bob": "zoe", "cat": "ann"}
    assert "2 people in the people file name the same manager, who has no row there" in found.notes
    said = refused("Employee,Manager\ndan,\nann,zoe\nbob,zoe\ncat,dan\n")
    assert said == f"people file, 2 rows (row 3, row 4): {NOBODYS.format(" (column 'Manager')")}"


def test_a_manager_whose_cell_stands_in_a_row_gets_no_row_more(refused):
    """The cell is the id of three, in a column that should hold addresses."""
    said = refused("id,email,Manager Email\n1,a@y,\n1,b@y,1\n1,c@y,1\n")
    assert said.split("\n") == [
        f"people file, 2 rows (row 3, row 4): {NOBODYS.format(" (column 'Manager Email')")}",
        "people file, 2 rows (row 3, row 4): the id is the same as that of row 2: keep one of them, or give each its "
        "own",
    ]
    said = refused("id,Manager Email,Manager Name\n1,,\n2,,zoe\n3,,zoe\n")
    assert said.startswith("people file, 2 rows (row 3, row 4): manager_id (column 'Manager Name') is nobody's id")


@pytest.mark.parametrize(
    ("ids", "managers"),
    [
        (("1001", "1002", "1003"), ("1001.0", "1002.0")),
        (("0042", "0043", "0044"), ("42", "43")),
        (("42", "43", "44"), ("0042", "0043")),
        (("42.0", "43.0", "44.0"), ("42", "43")),
        (("1001", "1002", "1003"), ('"1,001"', '"1,002"')),
        (("EMP1001", "EMP1002", "EMP1003"), ("1001", "1002")),
        (("E-042", "E-043", "E-044"), ("42", "0043")),
        (("Ann", "BOB", "cy"), ("ANN", "bob")),
        (("Zoë Öz", "Jo O'Neil", "cy"), ("Zoe Oz", "jo O\u2019Neil")),
        (("E-001", "E-002", "E-003"), ("E001", "e_002")),
    ],
)
def test_ids_that_a_spreadsheet_changed_are_repaired_and_it_is_said(read, ids, managers):
    one, two, three = ids
    found = read(f"id,manager_id\n{one},\n{two},{managers[0]}\n{three},{managers[1]}\n")
    assert found.managers == {one: "", two: one, three: two}
    assert "2 managers in the people file were found in spite of" in found.notes


def test_an_id_that_could_be_repaired_in_two_ways_is_refused(refused):
    said = refused("id,manager_id\n042,\n42,042\n43,0042\n")
    assert said.startswith("people file row 4: manager_id could mean more than one person; give the manager's id")


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Status", "Terminated"), ("Employment Status", "Inactive"), ("STATUS", "Left 31/03"), ("Is Active", "No"),
        ("Active", "false"), ("Leaver", "Y"), ("Termination Date", "2024-01-31"),
        ("Leaving Date", "31/01/2024"),
    ],
)  # fmt: skip
def test_leavers_are_left_out_and_their_reports_go_to_the_next_one_up(read, header, cell):
    here = {"Is Active": "Yes", "Active": "true", "Leaver": "N"}.get(
        header, "31/12/9999" if header == "Leaving Date" else "0000-00-00" if "Date" in header else "Active"
    )
    rows = ("d,", here), ("a,d", cell), ("b,a", here), ("c,d", here), ("e,c", cell), ("f,c", here)
    found = read(
        f"id,manager_id,{header}\n" + "".join(f"{row},{status}\n" for row, status in rows), "source,target\nb,e\nb,f\n"
    )
    assert found.managers == {"d": "", "b": "d", "c": "d", "f": "c"}
    assert found.peers == {("b", "f"): 1.0}
    by = " (by a date of leaving, past or to come)" if "Date" in header else ""
    assert f"2 people in the people file have left{by}, and were left out." in found.notes
    assert "1 person reported to somebody who is left out: read as reporting to the next one up." in found.notes
    assert "1 link to people who are left out was left out too" in found.notes


def test_any_column_of_status_says_who_has_left(read):
    """And a mark behind the name; an underscore is a blank."""
    found = read(
        "id,Name,manager_id,Status,Employment Status\nd,Ann Lee,,active_payroll,Full-Time\na,Bo Ray,d,active,"
        "Terminated\nb,Cy Fox,d,inactive_external,Full-Time\nc,Di Day (Terminated),d,active,\ne,Ed Elm,d,active,\n"
    )
    assert found.managers == {"d": "", "e": "d"}
    assert "3 people in the people file have left, and were left out." in found.notes
    assert "status that is not known" not in found.notes


def test_somebody_with_two_posts_has_two_seats_and_it_is_said(read):
    text = "Employee Number,Assignment Number,Manager\n1,1,\n2,2,1\n3,3,2\n3,3-2,2\n"
    found = read(text)
    assert found.managers == {"1": "", "2": "1", "3": "2", "3-2": "2"}
    assert (
        "2 rows of the people file are of people who have another row, by column 1 (row 4, row 5): "
        "each row is read as a seat of its own." in found.notes
    )
    assert "another row" not in read(text.replace("3,3-2", "4,3-2")).notes


@pytest.mark.parametrize(("column", "here", "left"), [("Status", "Active", "Left"), ("Is Active", "yes", "no")])
def test_a_date_of_leaving_of_somebody_in_post_is_said(read, column, here, left):
    """The status decides; without it the date does."""
    text = (
        f"id,manager_id,{column},Leaving Date\nd,,{here},\na,d,{here},2020-01-31\nb,d,{here},31/12/9999\nc,d,{left},\n"
    )
    found = read(text)
    assert found.managers == {"d": "", "a": "d", "b": "d"}
    assert "1 person in the people file has a date of leaving, and in post by" in found.notes
    assert "they stay (row 3). If the date is to decide, have that column not read: --as COLUMN=ignore." in found.notes
    assert "Leaving Date: left, which the status overrules" in found.account
    found = read(text, columns={column: "ignore"})
    assert found.managers == {"d": "", "b": "d", "c": "d"}
    assert (
        "1 person in the people file has left (by a date of leaving, past or to come), and was left out." in found.notes
    )


def test_a_status_that_is_not_known_is_said_and_in_post(read):
    found = read("id,manager_id,status\nd,,Active\na,d,On sabbatical\nb,d,Furloughed\n")
    assert len(found.managers) == 3
    assert "1 person in the people file has a status that is not known: taken as in post." in found.notes


def test_a_director_who_has_left_leaves_a_seat(read):
    found = read("id,manager_id,status\nd,,left\na,d,active\nb,d,active\n")
    assert found.managers == {"d": "", "a": "d", "b": "d"}
    assert "1 with reports read as seats that somebody will hold" in found.notes


def test_vacant_posts_are_seats_where_somebody_reports_to_them(read):
    posts = "P1,1,Ann,\nP2,,Vacant,P1\nP3,3,Bo,P2\nP4,,VACANT POST,P2\nP5,5,Cy,P1\n"
    found = read("Position ID,Employee ID,Name,Reports To\n" + posts)
    assert found.managers == {"P1": "", "P2": "P1", "P3": "P2", "P5": "P1"}
    assert "2 vacant posts in the people file: 1 without reports left out, 1 with reports read as seats" in found.notes


@pytest.mark.parametrize("how", ["leave_out", "peer"])
def test_a_second_manager_is_left_out_or_a_colleague_as_asked(read, how):
    text = "id,Manager,Dotted Line Manager\nd,,\na,d,\nb,d,a\nc,a,b\n"
    found = read(text, dotted_line=how)
    assert found.managers == {"d": "", "a": "d", "b": "d", "c": "a"}
    team = {("a", "b"), ("b", "a")}
    assert found.peers.keys() == team | ({("c", "b"), ("b", "c")} if how == "peer" else set())
    assert ("2 dotted-line managers " + ("left out" if how == "leave_out" else "read as colleagues")) in found.notes


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Staff list,\nAs of 1 May,\n,\n", "", "columns named in row 4"),
        ("", "\nTotal headcount: 4,\n", "Left out of the people file, as a line at the end that is no person: row 7."),
        ("", ",Grand total: 4\n", "Left out of the people file, as a line at the end that is no person: row 6."),
        ("", "32 staff,\n", "Left out of the people file, as a line at the end that is no person: row 6."),
        ("", "Total,4\n", "Left out of the people file, as a line at the end that is no person: row 6."),
        ("", "id,manager_id\n", "Left out of the people file, as a header that comes again: row 6."),
        ("sep=,\n", "", "columns named in row 2"),
        ("# made by a system\n", "# the end\n", "Left out of the people file, as a comment: row 7."),
    ],
)
def test_what_stands_around_a_table_is_no_person(read, before, after, said):
    found = read(before + PEOPLE + after)
    assert found.managers == {"d": "", "a": "d", "b": "d", "c": "a"}
    assert said in found.account + found.notes


@pytest.mark.parametrize("last", ["Total,71,61.5", 'Grand total,71,"61,5"', "Subtotals,4,4", "Headcount,71,61"])
def test_a_line_of_totals_is_no_person_however_many_numbers_it_has(read, last):
    found = read(f"id,manager_id,fte\nd,,1\na,d,1\nb,d,0.5\n{last}\n")
    assert found.managers == {"d": "", "a": "d", "b": "d"}
    assert "Left out of the people file, as a line at the end that is no person: row 5." in found.notes
    assert read("id,manager_id,fte\n7,,1\n8,7,1\nSum Li,7,1\n").managers == {"7": "", "8": "7", "Sum Li": "7"}


def test_a_post_is_a_job_title_and_comes_before_a_grade(read):
    text = "id,Grade,Post,Manager\n1,G1,Director,\n2,G7,Middle Manager,1\n3,G5,Practitioner,2\n"
    found = read(text)
    assert "Post: title" in found.account
    assert found.titles == {}  # nothing is left that the model does not know


def test_headings_between_the_rows_are_no_people(read):
    text = "Employee ID,Name,Manager\nDepartment: Exec,,\nd,Ann,\n,Department: Ops,\na,Bo,d\nPage 1 of 2,,\nb,Cy,d\n"
    found = read(text)
    assert found.managers == {"d": "", "a": "d", "b": "d"}
    assert "Left out of the people file, as a heading between the rows: row 2, row 4, row 6." in found.notes


def test_a_row_that_says_nothing_of_a_survey_is_no_second_row_of_headings(read):
    found = read("id,manager_id,commitment\nd,,N/A\na,d,0.5\nb,d,0.5\nc,d,1\ne,d,1\n")
    assert found.managers == {"d": "", "a": "d", "b": "d", "c": "d", "e": "d"}
    assert found.known.keys() == {"a", "b", "c", "e"}


@pytest.mark.parametrize(
    "second", ["Employee ID,Line Manager", "string,string", "Required,Optional", "Unique ID,Reports To"]
)
def test_a_second_row_of_headings_is_no_person(read, second):
    found = read(PEOPLE.replace("\n", f"\n{second}\n", 1))
    assert found.managers == {"d": "", "a": "d", "b": "d", "c": "a"}
    assert "Left out of the people file, as a second row of headings: row 2." in found.notes


def test_a_row_with_nothing_but_an_id_is_a_person_and_cited_as_outside_the_line(read):
    found = read(PEOPLE + "e,\n")
    assert "e" in found.managers
    assert "1 person has neither a manager nor reports (row 6)" in found.notes


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (["0,5", "1,500"], [0.5, 1.5]), (["1,500,000", "2,500"], [1_500_000, 2_500]), (["1,234.5", "2"], [1234.5, 2]),
        (["1,234", "2,345"], None),
    ],
)  # fmt: skip
def test_commas_in_numbers_are_told_by_the_other_cells_or_refused(read, refused, weights, expected):
    links = 'source,target,weight\na,b,"{}"\nb,c,"{}"\n'.format(*weights)
    if expected is None:
        assert "links file, 2 rows (row 2, row 3): the weight is not a number" in refused(PEOPLE, links)
    else:
        assert list(read(PEOPLE, links).peers.values()) == expected


@pytest.mark.parametrize(("separator", "point"), [(",", "."), (";", ","), ("\t", ","), ("|", ".")])
def test_separators_blanks_and_decimal_commas(read, separator, point):
    rows = (["source", "target", "weight"], [" a ", "b", f"0{point}5"], ["b", "\u00a0c ", f"1{point}5"])
    links = "\n".join(separator.join(row) for row in rows)
    assert read(PEOPLE.replace(",", separator), links).peers == {("a", "b"): 0.5, ("b", "c"): 1.5}


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"), ("cp1252", "Windows-1252"),
    ],
)  # fmt: skip
def test_encodings_are_told_apart_and_said(read, encoding, said):
    found = read("id;manager_id\nJürgen;\nZoë;Jürgen\n".encode(encoding))
    assert found.managers == {"Jürgen": "", "Zoë": "Jürgen"}
    assert f"CSV in {said}, separated by semicolons" in found.account


def test_levels_with_the_highest_number_at_the_top(read):
    found = read("id,level,team\nd,L5,\na,L4,x\nb,L4,y\np,L3,x\nq,L3,y\n")
    assert found.managers == {"d": "", "a": "d", "b": "d", "p": "a", "q": "b"}
    assert "told from levels and teams, with the highest number at the top" in found.notes


# -- Links ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "one", "both"),
    [
        ("Type", "Directed", "Undirected"), ("direction", "->", "<->"), ("directed", "TRUE", "false"),
        ("Mutual", "no", "yes"), ("Reciprocal", "0", "1"), ("Direction", "one-way", "both"),
        ("Symmetric", "FALSE", "TRUE"), ("Is Mutual", "0", "1"), ("arrows", "to", "to;from"), ("dir", "->", "both"),
        ("Edge Type", "Directed", "Undirected"),
    ],
)  # fmt: skip
def test_each_row_says_whether_it_is_directed(read, column, one, both):
    found = read(PEOPLE, f"Source,Target,{column}\na,b,{one}\nb,c,{both}\n")
    assert found.peers == {("a", "b"): 1.0, ("b", "c"): 1.0, ("c", "b"): 1.0}
    assert f"{column}: direction" in found.account


def test_columns_that_may_be_layers_by_their_names_are_told_to_be_so(read):
    """Where they are called a layer and something more, or another column is the weight."""
    for header, number in (("Q1 Advice,friendship_score,Age", 2), ("Advice,Age,weight", 1)):
        found = read(PEOPLE, f"source,target,{header}\na,b,1,0,1\n")
        assert f"{number} column{'s' if number > 1 else ''} of the links file that" in found.notes
        assert "may be a layer, by" in found.notes
    assert "may be a layer" not in read(PEOPLE, "source,target,Age\na,b,1\n").notes


def test_links_without_a_weight_beside_others_that_have_one_are_said(read):
    found = read(PEOPLE, "source,target,weight\na,b,2\nb,c,\n")
    assert found.peers == {("a", "b"): 2.0, ("b", "c"): 1.0}
    assert "1 link in the links file has no weight: read as of weight 1." in found.notes
    assert "no weight" not in read(PEOPLE, "source,target,weight\na,b,\nb,c,\n").notes


@pytest.mark.parametrize("name", ["Label", "Type"])
def test_words_of_a_tie_are_its_layer_where_all_of_them_are(read, name):
    """As Gephi and yEd write them; where only some are, that is said."""
    links = f"Source,Target,Id,{name}\na,b,1,advice\nb,c,2,{{}}\n"
    found = read(PEOPLE, links.format("work"))
    assert found.peers == {("b", "a"): 1.0, ("b", "c"): 1.0}
    assert f"{name}: layer" in found.account
    found = read(PEOPLE, links.format("a tie"))
    assert found.peers == {("a", "b"): 1.0, ("b", "c"): 1.0}
    assert f"not read: Id, {name}" in found.account
    assert (
        "Some cells of a column of the links file are layers and others are not, so it was not read: to have it read, "
        "--as 'column 4=layer'." in found.notes
    )


def test_a_label_and_a_type_are_told_apart(read):
    found = read(
        PEOPLE, "Source,Target,Type,Id,Label,Weight\na,b,Undirected,0,advice,2\nb,c,Undirected,1,friendship,1\n"
    )
    assert found.peers == {("a", "b"): 1.0, ("b", "a"): 1.0, ("b", "c"): 1.0, ("c", "b"): 1.0}
    assert "Type: direction\n  Label: layer\n  Weight: weight" in found.account


@pytest.mark.parametrize("layer", ["advice", "work", "peer"])
def test_a_mutual_tie_is_the_same_written_once_or_as_two(read, layer):
    """Beside ties that go one way: what is relative is so to the mean over links."""
    links = "source,target,layer,weight,direction\na,b,{0},5,directed\nc,d,{0},3,directed\n"
    once, twice = "b,c,{0},2,both\n", "b,c,{0},2,directed\nc,b,{0},2,directed\n"
    assert read(PEOPLE, (links + once).format(layer)).links == pytest.approx(
        read(PEOPLE, (links + twice).format(layer)).links
    )


def test_a_direction_that_is_none_is_refused(refused):
    said = refused(PEOPLE, "source,target,direction\na,b,sideways\n")
    assert said == "links file row 2: the direction is none of directed, undirected, both, true and false"


@pytest.mark.parametrize(
    "header",
    ["source,target,strength", "From,To,Weight", "sender,receiver,Frequency", "Ego,Alter,count", "from,to,value"],
)
def test_ends_and_weights_are_known_by_other_names(read, header):
    assert read(PEOPLE, f"{header}\na,b,2\nb,c,3\n").peers == {("a", "b"): 2.0, ("b", "c"): 3.0}


def test_a_column_for_each_layer_is_a_tie_for_each(read):
    """As surveys export them: empty, 0 and no are no tie; other questions are named as not read, or can be."""
    links = "source,target,advice,friendship,Q9\na,b,1,0,5\nb,c,,yes,0\nc,b,no,0,4\n"
    found = read(PEOPLE, links)
    assert found.peers == {("b", "a"): 1.0, ("c", "b"): 1.0}
    assert "not read: Q9" in found.account
    assert "1 column of the links file was not read." in found.notes
    found = read(PEOPLE, links, columns={"Q9": "work"})
    assert found.peers.keys() == {("a", "b"), ("c", "b")}


def test_an_answer_that_is_no_number_is_refused_with_its_column(refused):
    links = "source,target,advice,friendship\na,b,often,1\nb,c,1,never\nc,b,daily,\n"
    said = "the answer in column {!r} is neither a number, yes nor no; empty is no tie"
    assert refused(PEOPLE, links).split("\n") == [
        f"links file, 2 rows (row 2, row 4): {said.format('advice')}",
        f"links file row 3: {said.format('friendship')}",
    ]


def test_several_columns_may_name_whom_somebody_is_tied_to(read):
    """As in a survey that asks for up to three names."""
    links = "Respondent,{0} 1,{0} 2,{0} 3,Team\na,b,c,,x\nb,c,,,x\nc,,,,x\n"
    for name, columns in (("Nominee", {}), ("Who", {f"Who {number}": "target" for number in (1, 2, 3)})):
        found = read(PEOPLE, links.format(name), columns=columns)
        assert found.peers == {("a", "b"): 1.0, ("b", "c"): 1.0}
        assert f"{name} 1: target\n  {name} 2: target\n  {name} 3: target\n  not read: Team" in found.account


def test_a_first_row_that_names_nobody_may_name_the_columns(read, refused):
    said = refused(PEOPLE, "who,whom\na,b\nb,c\n")
    assert said == (
        "links file row 1: names nobody; if it names the columns, say which is which: --as COLUMN=source --as "
        "COLUMN=target"
    )
    assert len(read(PEOPLE, "who,whom\na,b\nb,c\n", columns={"who": "source", "whom": "target"}).peers) == 2


def test_the_line_needs_no_weight(read):
    links = "source,target,layer,weight\na,d,reports_to,100%\nb,d,reports_to,solid\nc,a,reports_to,\nb,c,advice,2\n"
    found = read("id\nd\na\nb\nc\n", links)
    assert found.managers == {"d": "", "a": "d", "b": "d", "c": "a"}
    assert found.peers == {("c", "b"): 1.0}


def test_a_line_drawn_from_the_top_is_read_where_it_says_so_and_else_refused_with_the_cause(read, refused):
    links = "source,target,layer\nd,a,{0}\nd,b,{0}\na,c,{0}\n"
    people = "id\nd\na\nb\nc\n"
    for name in ("manages", "Supervises", "manager of"):
        assert read(people, links.format(name)).managers == {"d": "", "a": "d", "b": "d", "c": "a"}
    layers = {"reports_to": {"kind": "line", "influence": "target_to_source"}}
    assert read(people, links.format("reports_to"), layers=layers).managers["c"] == "a"
    said = refused(people, links.format("reports_to"))
    assert said.startswith(
        "people file: the links of the line run from manager to report: turned round, they are a line"
    )
    assert "call the layer manages" in said


def test_a_circle_and_two_managers_are_cited_where_they_are_made(refused):
    """In the rows of the links, or else in people's own."""
    links = "source,target,layer\na,x,peer\na,b,reports_to\nb,c,reports_to\nx,d,reports_to\nc,a,reports_to\n"
    assert refused(None, links) == (
        "links file row 3, links file row 4, links file row 6: make 3 people manage one another in a circle: one of "
        "them needs another manager, or none"
    )
    assert refused("id,manager_id\nd,\nx,d\na,b\nb,a\n") == (
        "people file: row 4, row 5 manage one another in a circle: one of them needs another manager, or none"
    )
    said = refused("id\nd\na\nb\n", "source,target,layer\na,d,reports_to\nb,d,reports_to\nb,a,reports_to\n")
    assert said == (
        "people file row 4: the links of the line give this person more than one manager (links file row 3, links file "
        "row 4): keep one of them"
    )


def test_links_that_would_be_a_line_are_offered_as_one(read, refused):
    said = refused("id\nd\na\nb\nc\n", "a,d\nb,d\nc,a\n")
    assert "--set \"organisation.layers.peer={kind='line', influence='source_to_target'}\"" in said
    layers = {"peer": {"kind": "line", "influence": "source_to_target"}}
    assert read("id\nd\na\nb\nc\n", "a,d\nb,d\nc,a\n", layers=layers).managers["c"] == "a"


# -- Networks -------------------------------------------------------------------------------------------------

MATRIX = "id,d,a,b,c\nd,0,0,0,0\na,,0,2,0\nb,0,0,0,3\nc,0,0,0,0\n"
EDGES = "a,b,2\nb,c,3\n"
PAJEK = '*Vertices 4\n1 "d" 0.1 0.5\n2 "a"\n3 "b"\n4 "c"\n*Arcs\n2 3 2\n3 4 3\n'
DL = "dl n=4 format=fullmatrix\nlabels:\nd,a,b,c\ndata:\n0 0 0 0\n0 0 2 0\n0 0 0 3\n0 0 0 0\n"
DL_LIST = "DL n = 4, format = edgelist1\nlabels embedded\ndata:\na b 2\nb c 3\nd d 1\n"
GML = (
    'Creator "us"\ngraph [ directed 1 node [ id 10 label "d" ] node [ id 11 label "a" ] node [ id 12 label "b" ]\n'
    'node [ id 13 label "c" ]\n edge [ source 11 target 12 weight 2 ] edge [\n source 12\n target 13\n weight 3\n ] ]'
)
GEXF = (
    '<?xml version="1.0" encoding="UTF-8"?><gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype='
    '"directed"><nodes><node id="0" label="d"/><node id="1" label="a"/><node id="2" label="b"/><node id="3" label="c"/>'
    '</nodes><edges><edge source="1" target="2" weight="2"/><edge source="2" target="3" weight="3.0"/></edges></graph>'
    "</gexf>"
)
GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<key id="w" for="edge" attr.name="weight" attr.type="double"/>'
    '<key id="i" for="node" attr.name="name" attr.type="string"/>'
    '<key id="g" for="node" attr.name="age" attr.type="int"/>'
    '<graph edgedefault="directed"><node id="n0"><data key="i">d</data><data key="g">NA</data></node>'
    '<node id="n1"><data key="i">a</data></node><node id="n2"><data key="i">b</data></node>'
    '<node id="n3"><data key="i">c</data></node><edge source="n1" target="n2"><data key="w">2</data></edge>'
    '<edge source="n2" target="n3"><data key="w">3</data></edge></graph></graphml>'
)


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (MATRIX, ".csv"), (MATRIX.replace(",", ";"), ".csv"), (EDGES, ".csv"), (EDGES.replace(",", " "), ".txt"),
        (EDGES.replace(",", "\t"), ".edges"), (PAJEK, ".net"), (DL, ".dl"), (GML, ".gml"), (GEXF, ".gexf"),
        (GRAPHML, ".graphml"), (PAJEK.replace("\n", "\r\n"), ".csv"),
    ],
)  # fmt: skip
def test_network_files_name_the_people_of_a_people_file(read, content, end):
    """By their labels; the format is told by what a file holds, whatever it ends in."""
    found = read(PEOPLE, content, ends=(".csv", end))
    assert found.peers == {("a", "b"): 2.0, ("b", "c"): 3.0}


@pytest.mark.parametrize("links", ["a,b,2,peer\nb,c,3,peer\n", "a;b;peer;2\nb;c;peer;3\n", "a b 2 peer\nb c 3 peer\n"])
def test_a_list_without_a_header_may_have_weights_and_layers(read, links):
    found = read(PEOPLE, links)
    assert found.peers == {("a", "b"): 2.0, ("b", "c"): 3.0}
    assert "no row that names the columns" in found.account


def test_a_list_without_a_header_and_two_columns_of_numbers_asks_which(read, refused):
    links = "a,b,2,2021\nb,c,3,2022\n"
    assert refused(PEOPLE, links) == (
        "links file: no row names its columns, and 2 of them could be the weight: say which, --as 'column 3=weight'"
    )
    assert read(PEOPLE, links, columns={"column 3": "weight"}).peers == {("a", "b"): 2.0, ("b", "c"): 3.0}


def test_a_matrix_of_ucinet_may_leave_out_its_diagonal(read):
    content = DL.replace("fullmatrix", "fullmatrix diagonal=absent").partition("data:")[0]
    content += "data:\n0 0 0\n0 2 0\n0 0 3\n0 0 0\n"
    assert read(PEOPLE, content, ends=(".csv", ".dl")).peers == {("a", "b"): 2.0, ("b", "c"): 3.0}


@pytest.mark.parametrize(
    ("content", "ties"),
    [
        ("dl n=4 format=lowerhalf\nlabels:\nd,a,b,c\ndata:\n0\n0 0\n0 2 0\n0 0 3 0\n", "ab2 ba2 bc3 cb3"),
        ("dl n=4 format=upperhalf diagonal=absent\nlabels:\nd,a,b,c\ndata:\n0 0 0\n2 0\n3\n", "ab2 ba2 bc3 cb3"),
        ("dl nr=4, nc=4 format=edgelist1\nlabels:\nd,a,b,c\ndata:\n2 3 2\n", "ab2"),
        (PAJEK + "*Partition dept\n*Vertices 4\n1\n1\n2\n2\n", "ab2 bc3"),
    ],
)
def test_other_formats_of_ucinet_and_a_partition_of_pajek(read, content, ties):
    assert read(PEOPLE, content, ends=(".csv", ".net")).peers == {(a, b): float(w) for a, b, w in ties.split()}


def test_ties_of_cytoscape(read):
    """A source, a relation and its targets in each row; a node alone is told."""
    found = read(PEOPLE, "a work b\nb peer c a\nd\n", ends=(".csv", ".sif"))
    assert found.peers == {("a", "b"): 1.0, ("b", "c"): 1.0, ("b", "a"): 1.0}
    assert "1 row without a tie was not read (links file)." in found.notes


@pytest.mark.parametrize(
    "content",
    [
        "Who asks whom?,,,\n,a,b,c\na,0,1,0\nb,x,0,1\nc,,Yes,\n",
        ",a,b,c,Total\na,0,1,0,1\nb,1,0,1,2\nc,0,1,0,1\nTotal,1,2,1,4\n",
    ],
)
def test_matrices_with_titles_marks_and_totals(read, content):
    found = read(PEOPLE, content)
    assert found.peers == dict.fromkeys([("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")], 1.0)


def test_a_matrix_of_r_without_names(read):
    found = read("id,manager_id\n1,\n2,1\n3,1\n", '"","V1","V2","V3"\n"1",0,0,0\n"2",0,0,2\n"3",0,1,0\n')
    assert found.peers == {("2", "3"): 2.0, ("3", "2"): 1.0}


def test_a_matrix_of_words_is_refused_as_what_it_is(refused):
    assert refused(PEOPLE, "Respondent,d,a,b,c\na,Never,,Daily,Weekly\nb,0,0,0,1\n") == (
        "links file: looks like a matrix of who is tied to whom, but its cells are not all numbers (row 2): a number "
        "for each tie is needed, 0 or nothing for none"
    )


def test_an_edge_list_of_ucinet(read):
    found = read(PEOPLE, DL_LIST, ends=(".csv", ".dl"))
    assert found.peers == {("a", "b"): 2.0, ("b", "c"): 3.0}
    assert "1 tie of a person to themself in the links file was left out (edge from node 4 to node 4)." in found.notes


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (PAJEK.replace("*Arcs", "*Edges"), ".net"), (GML.replace("directed 1", "directed 0"), ".gml"),
        (GEXF.replace('"directed"', '"undirected"'), ".gexf"),
        (GRAPHML.replace('"directed"', '"undirected"'), ".graphml"),
        (GRAPHML.replace("<edge ", '<edge directed="false" '), ".graphml"),
        (GRAPHML.replace("<edge ", '<edge directed="0" '), ".graphml"),
        (GEXF.replace("<edge ", '<edge type="undirected" '), ".gexf"),
    ],
)  # fmt: skip
def test_ties_are_undirected_where_the_file_says_so(read, content, end):
    found = read(PEOPLE, content, ends=(".csv", end))
    assert found.peers == {("a", "b"): 2.0, ("b", "a"): 2.0, ("b", "c"): 3.0, ("c", "b"): 3.0}


@pytest.mark.parametrize("name", ["name", "label"])
def test_people_of_a_network_are_told_apart_by_their_names(read, name):
    """As igraph writes them, whose ids n0, n1 are nobody's; the account has the file's own columns alone."""
    network = GRAPHML.replace('"name"', f'"{name}"').replace("</graphml>", "").replace('"weight"', '"layer"')
    network = network.replace(">2<", ">reports_to<").replace(">3<", ">reports_to<") + "</graphml>"
    network = network.replace(
        '<edge source="n1"', '<edge source="n0" target="n3"><data key="w">reports_to</data></edge><edge source="n1"'
    )
    found = read(network, ends=(".graphml",))
    assert found.managers == {"d": "c", "a": "b", "b": "c", "c": ""}
    assert found.account.split("\n")[:3] == ["people file: GraphML, 4 nodes read", f"  {name}: name", "  not read: age"]


def test_when_a_tie_of_gephi_was_there_is_said_not_to_be_read(read):
    found = read(PEOPLE, GEXF.replace('weight="2"', 'weight="2" start="2020" end="2021"'), ends=(".csv", ".gexf"))
    assert found.peers == {("a", "b"): 2.0, ("b", "c"): 3.0}
    assert "not read: start, end" in found.account


def test_a_network_may_be_the_whole_organisation(read):
    """Layers by name, as Pajek and UCINET have them."""
    pajek = PAJEK.partition("*Arcs")[0] + '*Arcs :1 "reports_to"\n2 1 1\n3 1 1\n4 2 1\n*Edges :2 "peer"\n2 3 2\n'
    dl = (
        "dl n=4 nm=2 format=fullmatrix\nlabels:\nd,a,b,c\nmatrix labels:\nreports_to\npeer\ndata:\n"
        "0 0 0 0\n1 0 0 0\n1 0 0 0\n0 1 0 0\n\n0 0 0 0\n0 0 2 0\n0 2 0 0\n0 0 0 0\n"
    )
    for content, end in ((pajek, ".net"), (dl, ".dl")):
        found = read(content, ends=(end,))
        assert found.managers == {"d": "", "a": "d", "b": "d", "c": "a"}
        assert found.peers == {("a", "b"): 2.0, ("b", "a"): 2.0}


def test_a_graph_of_igraph_and_one_of_a_drawing_program(read):
    """NaN is none, ids may be doubles; a node that holds a graph is a box; labels and arrows are as they are drawn."""
    head = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">'
    keys = "".join(
        f'<key id="{k}" for="node" attr.name="{n}" attr.type="double"/>' for k, n in (("i", "id"), ("m", "manager_id"))
    )
    nodes = "".join(
        f'<node id="n{one}"><data key="i">{one}.0</data><data key="m">{manager}</data></node>'
        for one, manager in (("1", "NaN"), ("2", "1"), ("3", "1"), ("4", "2.0"))
    )
    found = read(f'{head}{keys}<graph edgedefault="directed">{nodes}</graph></graphml>', ends=(".graphml",))
    assert found.managers == {"1": "", "2": "1", "3": "1", "4": "2"}
    boxes = "".join(
        f'<node id="{one}"><data key="d"><y:ShapeNode><y:NodeLabel>{one.upper()} Fox</y:NodeLabel></y:ShapeNode></data>'
        "</node>"
        for one in "dabc"
    )
    arrows = "".join(
        f'<edge source="{s}" target="{t}"><data key="e"><y:PolyLineEdge><y:Arrows source="{tail}" target="{tip}"/>'
        "</y:PolyLineEdge></data></edge>"
        for s, t, tail, tip in (
            ("a", "b", "none", "none"),
            ("a", "c", "none", "standard"),
            ("c", "b", "standard", "none"),
        )
    )
    drawn = (
        f'{head}<key id="d" for="node" yfiles.type="nodegraphics"/><key id="e" for="edge" yfiles.type="edgegraphics"/>'
        f'<graph edgedefault="directed"><node id="box"><graph edgedefault="directed">{boxes}</graph></node>{arrows}'
        '<edge source="box" target="a"/></graph></graphml>'
    )
    people = "Name,Manager\nD Fox,\nA Fox,D Fox\nB Fox,D Fox\nC Fox,D Fox\n"
    found = read(people, drawn, ends=(".csv", ".graphml"))
    a, b, c = "A Fox", "B Fox", "C Fox"
    assert found.peers.keys() == {(a, b), (b, a), (a, c), (b, c)}
    assert "1 edge to or from a group was left out (links file)." in found.notes
    labelled = drawn.replace("</y:PolyLineEdge>", "<y:EdgeLabel>advice</y:EdgeLabel></y:PolyLineEdge>")
    found = read(people, labelled, ends=(".csv", ".graphml"))
    assert found.peers.keys() == {(a, b), (b, a), (c, a), (c, b)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"nodes": []}', "looks like JSON"),
        ("Level 1,Level 2\nAnn,Bo\nAnn,Cy\n", "has a column for each level; a row for each person is needed"),
        (
            "digraph { a -> b }",
            "or a drawing in DOT; CSV, Excel, GraphML, GEXF, GML, Pajek, UCINET DL and SIF are read",
        ),
        ("<html><table><tr><td>id</td></tr></table></html>", "is a web page; open it in a spreadsheet"),
        ("dl n=2 format=rankedlist1\ndata:\n1 2\n", "fullmatrix, lowerhalf, upperhalf, edgelist1 and nodelist1 are"),
        ("dl n=2\ndata:\n0 1\n1\n", "it does not hold as many as it says"),
        ("dl n=1\nlabels:\na b\ndata:\n0\n", "it does not hold as many as it says"),
        ("graph [ node [ id 1 ", "its brackets do not match"),
        ("*Vertices 1\n1 a\n*Arcs\n1 2\n", "1 node named by edges cannot be found"),
        ("PK\x03\x04nonsense", "cannot be read as a spreadsheet"),
        ("*node data\nid\na\n*tie data\nfrom to\na b\n", "is a VNA file of NetDraw"),
        ("dl nr=2 nc=3\ndata:\n1 0 1\n0 1 1\n", "its rows and columns are not the same people"),
        ("<graphml><graph><node/><node/><node id='a'/></graph></graphml>", "2 nodes of 3 have no id"),
        ("<gexf><graph><nodes><node label='x'/></nodes></graph></gexf>", "1 node of 1 has no id"),
        ("id\x00x,y\n", "is not text"),
    ],
)
def test_what_cannot_be_read_says_what_it_looks_like_and_what_is_read(refused, content, said):
    assert said in refused(content)


# -- Workbooks ------------------------------------------------------------------------------------------------


def workbook(**sheets) -> bytes:
    """A workbook of these sheets, rows each."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
    book.close()
    return content.getvalue()


STAFF = (["Headcount report"], [], ["Employee ID", "Name", "Manager ID"], [1, "Ann", None], [2, "Bo", 1], [3, "Cy", 1])
TIES = (["From", "To", "Strength"], [2, 3, 0.5])
ANSWERS = (["Employee ID", "commitment"], [2, 4], [3, None])


def test_a_workbook_gives_people_links_and_answers_by_what_its_sheets_hold(read):
    found = read(
        workbook(Cover=[["Words"]], One=STAFF, Two=TIES, Three=ANSWERS), ends=(".xlsx",), commitment_scale=[1, 5]
    )
    assert found.managers == {"1": "", "2": "1", "3": "1"}
    assert found.peers == {("2", "3"): 0.5}
    assert found.known == {"2": {"commitment": 0.75}}
    assert "1 sheet of the people file was not read (1)." in found.notes
    assert "people file sheet 2: a spreadsheet, columns named in row 3, 3 rows read" in found.account


def test_a_sheet_of_anything_is_no_list_of_links(read):
    """Without a header it is one only where some who are named first are also named second."""
    vacancies = (["Post", "Area", "Since"], ["Clerk", "North", "May"], ["Nurse", "South", "June"])
    found = read(workbook(Staff=STAFF, Vacancies=vacancies), ends=(".xlsx",))
    assert found.managers == {"1": "", "2": "1", "3": "1"}
    assert "1 sheet of the people file was not read (2)." in found.notes
    found = read(workbook(Staff=[*STAFF, [4, "Di", 1]], Ties=([2, 3, 5], [3, 4, 6])), ends=(".xlsx",))
    assert found.peers == {("2", "3"): 5.0, ("3", "4"): 6.0}


def test_a_sheet_can_be_chosen_by_name_and_has_to_be_where_two_would_do(tmp_path, read, refused):
    content = workbook(May=STAFF, June=[*STAFF, [4, "Di", 2]])
    said = "people file: 2 of its sheets could be the people; say which, as FILE.xlsx#SHEET"
    assert refused(content, ends=(".xlsx",)) == said
    for sheet, number in (("May", 3), ("June", 4)):
        setting = from_dict({"organisation": {"people": f"people.xlsx#{sheet}"}}, folder=tmp_path)
        assert len(reading(setting.organisation, tmp_path).builder.ids) == number
    (tmp_path / "people.xlsx").write_bytes(workbook(People=STAFF, Other=STAFF))
    assert len(read(workbook(People=STAFF, Other=STAFF), ends=(".xlsx",)).managers) == 3


def test_a_sheet_may_be_called_as_the_layer_that_it_holds(read):
    """Matrices or lists; a column that names the layer comes first, and other sheets' names mean nothing."""
    matrix = ([None, "a", "b"], ["a", 0, 1], ["b", 0, 0])
    content = workbook(
        Advice=matrix, Work=(["From", "To"], ["b", "c"]), Sheet3=(["From", "To", "Layer"], ["a", "c", "peer"])
    )
    found = read(PEOPLE, content, ends=(".csv", ".xlsx"))
    assert found.peers == {("b", "a"): 1.0, ("b", "c"): 1.0}
    assert (
        "links file sheet 1: a spreadsheet, a matrix of who is tied to whom, layer advice by the sheet's name"
        in found.account
    )
    assert "sheet 2: a spreadsheet, columns named in row 1, layer work by the sheet's name" in found.account
    assert "sheet 3: a spreadsheet, columns named in row 1, 1 row read" in found.account


# -- Surveys --------------------------------------------------------------------------------------------------


def test_what_a_survey_knows_is_where_people_start(read):
    """Columns of the people file or a survey of its own, by id, address or name; scales; who is not known; the rest."""
    people = "Employee ID,Email,Manager ID,leadership\n1,d@x.org,,0.5\n2,a@x.org,1,0.75\n3,b@x.org,1,N/A\n"
    survey = (
        "Recipient Email,commitment,values,practice\nRecipient Email,How far do you back it?,And?,Done?\n"
        "A@x.org,5 - wholly,7,0.25\nb@x.org,3,,\nz@x.org,1,1,1\n"
    )
    found = read(people, None, survey, commitment_scale=[1, 5], values_scale=[7, 1])
    assert found.known == {
        "1": {"leadership": 0.5},
        "2": {"commitment": 1.0, "values": 0.0, "practice": 0.25, "leadership": 0.75},
        "3": {"commitment": 0.5},
    }
    assert "1 person in the survey file was found in spite of capitals, accents or blanks that differ." in found.notes
    assert "1 row of the survey file was of nobody who is kept, and left out." in found.notes
    assert (
        "3 of 3 people start with what the files say of them: commitment of 2, practice of 1, values of 1, "
        "leadership of 2." in found.notes
    )
    assert "values are drawn from the role's distribution" in found.notes


@pytest.mark.parametrize("name", SURVEYED)
def test_an_answer_off_its_scale_is_refused_with_the_way_out(read, refused, name):
    text = f"id,manager_id,{name}\nd,,4\na,d,1\n"
    assert refused(text).split("\n")[0] == (
        f"people file row 2: {name} from 0 to 1 is needed here, or nothing where it is not known. For another scale "
        f"write {name}_scale = [1, 5], say, under [organisation], or add --set organisation.{name}_scale=[1,5]"
    )
    assert read(text, **{f"{name}_scale": [1, 5]}).known == {"d": {name: 0.75}, "a": {name: 0.0}}


def test_a_survey_of_nothing_but_ones_is_said_to_be_full_marks(read):
    """On a scale from 1 to 5 a 1 would be none at all, and nothing else in the file tells."""
    text = "id,manager_id,commitment\nd,,\na,d,1\nb,d,1\n"
    assert "Everybody's commitment is 1 and taken for as much as can be, on a scale from 0 to 1" in read(text).notes
    assert "Everybody's" not in read(text, commitment_scale=[1, 5]).notes
    assert "Everybody's" not in read(text.replace("b,d,1", "b,d,0.5")).notes


def test_names_without_a_column_of_names_are_told_so(read, tmp_path):
    """And what to do; where a name merely is nobody's, nothing is said of columns. "Surname, Forename" is a name."""
    staff = "id;{};manager_id\n1;Ash, Kim;\n2;Lee, Jo;1\n3;Day, Al;2\n".replace(";", "\t")
    ties = "source\ttarget\nLee, Jo\tDay, Al\n"
    assert len(read(staff.format("Surname, Forename"), ties).links) > 0
    with pytest.raises(ScenarioError) as caught:
        read(staff.format("Whoever"), ties)
    assert any("--as COLUMN=name" in note for note in caught.value.__notes__)
    with pytest.raises(ScenarioError) as caught:
        read(staff.format("Name"), ties.replace("Day, Al", "Fox, Bo"))
    assert not any("--as COLUMN=name" in note for note in caught.value.__notes__)


def test_half_a_matrix_is_said_to_be_read_one_way(read):
    """A whole one is not remarked on."""
    people = "id,manager_id\nd,\na,d\nb,d\nc,d\n"
    half = ",a,b,c\na,,1,1\nb,,,1\nc,,,\n"
    assert "Only one half of the matrix in the links file is filled" in read(people, half).notes
    assert "Only one half" not in read(people, half.replace("c,,,", "c,1,,")).notes


def test_where_most_people_are_outside_the_line_another_column_is_asked_for(read):
    """A column called Manager with a single name in it is hardly the line."""
    told = read("id,Manager\n" + "".join(f"p{i},{'p0' if i == 1 else ''}\n" for i in range(8)))
    assert "They are most of the people" in told.notes


def test_two_answers_for_one_person_are_refused(refused):
    said = refused("id,manager_id\nd,\na,d\n", None, "id,values\na,0.5\nA,0.6\n")
    assert said == "survey file row 3: answers for a person whom another row answers for"


def test_a_survey_whose_columns_name_different_people_goes_by_address_and_says_so(read):
    """A form numbers its answers, and those numbers may be somebody's ids."""
    people = "id,Name,Email,manager_id\n1,Ann Lee,a@x.org,\n2,Bo Ray,b@x.org,1\n3,Cy Fox,c@x.org,1\n"
    survey = "ID,Email,commitment\n1,c@x.org,0.4\n2,b@x.org,0.2\n3,a@x.org,0.5\n"
    found = read(people, None, survey)
    assert found.known == {"3": {"commitment": 0.4}, "2": {"commitment": 0.2}, "1": {"commitment": 0.5}}
    assert (
        "In 2 rows of the survey file column 1 and column 2 are not of the same person: column 2 was read (row 2, "
        "row 4)." in found.notes
    )
    assert (
        "not of the same person" not in read(people, None, survey.replace("1,c@", "3,c@").replace("3,a@", "1,a@")).notes
    )
    form = "ID,Start time,Name,commitment\n1,x,Cy Fox,0.4\n2,x,Bo Ray,0.2\n3,x,,0.5\n"
    found = read(people.replace("@", "@mail."), None, form)
    assert found.known == {"3": {"commitment": 0.4}, "2": {"commitment": 0.2}}
    assert "not read: ID" in found.account


@pytest.mark.parametrize(
    ("answers", "shares", "said"),
    [
        ("Strongly disagree,Disagree,Neutral,Agree,Strongly agree", [0, 0.25, 0.5, 0.75, 1], "disagree 0.25, neither"),
        (
            "Somewhat disagree,neither agree nor disagree,Somewhat agree,Strongly Agree",
            [0.25, 0.5, 0.75, 1],
            "strongly disagree 0, somewhat disagree 0.25, neither 0.5, somewhat agree 0.75, strongly agree 1",
        ),
        (
            "Disagree,Somewhat disagree,Slightly agree,Agree,Completely agree",
            [1 / 6, 1 / 3, 2 / 3, 5 / 6, 1],
            "disagree 0.17, somewhat disagree 0.33, neither 0.5",
        ),
        ("80%,5 %,100%", [0.8, 0.05, 1], ""),
    ],
)
def test_answers_in_words_of_agreement_and_in_per_cent(read, answers, shares, said):
    """In five steps, or in seven where the words are of seven; a note says what each is worth."""
    cells = answers.split(",")
    rows = [f"{one},{'d' if one != 'd' else ''},{cell}\n" for one, cell in zip("dabcef", cells, strict=False)]
    found = read("id,manager_id,values\n" + "".join(rows))
    assert [found.known[one]["values"] for one in "dabcef"[: len(cells)]] == pytest.approx(shares)
    assert ("Answers in words in the people file were read as " in found.notes) == bool(said)
    assert said in found.notes


def test_a_survey_that_says_nothing_is_refused_with_what_to_say(tmp_path, read, refused):
    """Its questions are columns of their own, or nobody is named."""
    survey = "Email,The change is right\nd@x.org,Agree\n"
    people = "id,Email,manager_id\nd,d@x.org,\na,a@x.org,d\n"
    assert refused(people, None, survey) == (
        "survey file: none of its columns is commitment, practice, values or leadership: say which are, --as "
        "COLUMN=commitment; or, where they name others to whom the person is tied, --as COLUMN=target, and --as "
        "COLUMN=source for the person"
    )
    assert read(people, None, survey, columns={"The change is right": "commitment"}).known == {
        "d": {"commitment": 0.75}
    }
    assert refused(people, None, "Email,commitment\nanonymous,1\nanonymous,0\n") == (
        "survey file: none of its rows is of anybody who is kept: say which column names people, --as COLUMN=id, email "
        "or name"
    )
    for name, text in (("hr.csv", people), ("form.csv", survey)):
        (tmp_path / name).write_text(text)
    found = purposes([tmp_path / "form.csv", tmp_path / "hr.csv"], {})
    assert {purpose: path.name for purpose, path in found.items()} == {"people": "hr.csv", "survey": "form.csv"}


# -- The account ----------------------------------------------------------------------------------------------


def test_every_column_is_accounted_for(read):
    found = read(
        "Employee ID,Job Title,Reports To,Location,Start Date\n1,Chief,,x,y\n2,Clerk,1,x,y\n", "From,To,Since\n"
    )
    assert found.account.split("\n") == [
        "people file: CSV in UTF-8, separated by commas, columns named in row 1, 2 rows read",
        "  Employee ID: id",
        "  Job Title: title",
        "  Reports To: manager_id, by Employee ID",
        "  not read: Location, Start Date",
        "links file: CSV in UTF-8, separated by commas, columns named in row 1, 0 rows read",
        "  From: source",
        "  To: target",
        "  not read: Since",
    ]


def test_columns_of_a_network_that_bear_our_own_names_are_accounted_for(read):
    """Only what its format always has, its ids and ends, is not."""
    keys = "".join(
        f'<key id="{name}" for="{kind}" attr.name="{name}"/>'
        for kind, name in (("node", "role"), ("node", "team"), ("edge", "layer"), ("edge", "weight"), ("edge", "since"))
    )
    found = read(
        f'<graphml>{keys}<graph edgedefault="directed"><node id="a"><data key="role">director</data>'
        '<data key="team">x</data></node><node id="b"/><edge source="b" target="a"><data key="layer">reports_to</data>'
        '<data key="weight">1</data><data key="since">2</data></edge></graph></graphml>',
        ends=(".graphml",),
    )
    assert found.account.split("\n") == [
        "people file: GraphML, 2 nodes read",
        "  role: role",
        "  team: team",
        "people file: GraphML, 1 edge read",
        "  layer: layer",
        "  weight: weight",
        "  not read: since",
    ]


def test_a_column_that_is_called_as_somebody_is_called_by_its_place(read):
    """As in a table of who named whom."""
    found = read("id,name,manager_id,Lena Okafor,lena@x.org\n1,Lena Okafor,,0,1\n2,Noor Brandt,1,1,1\n")
    assert "not read: column 4, column 5" in found.account
    assert "Lena" not in found.account + found.notes


def test_files_are_told_apart_by_what_they_hold(tmp_path):
    """In whatever order they are given."""
    files = {}
    for name, text in (
        ("hr.csv", PEOPLE), ("net.gml", GML), ("answers.csv", "id,commitment\na,1\n"), ("ties.csv", "from,to\na,b\n")
    ):  # fmt: skip
        files[name] = tmp_path / name
        files[name].write_text(text)

    def told(*names: str) -> dict[str, str]:
        return {purpose: path.name for purpose, path in purposes([files[name] for name in names], {}).items()}

    assert told("net.gml", "answers.csv", "hr.csv") == {"people": "hr.csv", "links": "net.gml", "survey": "answers.csv"}
    assert told("ties.csv", "hr.csv") == {"people": "hr.csv", "links": "ties.csv"}
    files["book.xlsx"] = tmp_path / "book.xlsx"
    files["book.xlsx"].write_bytes(workbook(Cover=[["Words"]], Ties=TIES, Staff=STAFF))
    assert told("net.gml", "book.xlsx") == {"people": "book.xlsx", "links": "net.gml"}
    assert told("net.gml") == {"people": "net.gml"}
    assert told("ties.csv") == {"links": "ties.csv"}
    assert told("answers.csv", "net.gml") == {"people": "net.gml", "survey": "answers.csv"}
    assert purposes([Path("none.csv"), Path("gone.csv")], {}) == {
        "people": Path("none.csv"), "links": Path("gone.csv"),
    }  # fmt: skip


def test_notes_never_call_a_column_by_its_name(read):
    """They stand in results: whatever files are said to be, only the account and refusals name columns."""
    people = (
        "Zqx id,Zqx number,Zqx name,Zqx mail,Zqx boss,Zqx status,Zqx left\n1,7,Ann Lee,a@x.org,,Active,2020-01-01\n"
        "2,8,Bo Ray,b@x.org,Percy Snodgrass (1),odd,\n3,8,Cy Fox,c@x.org,1,Left,\n"
        "4,8,Di Day,d@x.org,1,Active,\n"
    )
    meanings = ("id", "id", "name", "email", "manager_id", "status", "left")
    own = dict(zip(people.split("\n")[0].split(","), meanings, strict=True))
    own |= {
        "Zqx who": "source",
        "Zqx whom": "target",
        "Zqx score": "commitment",
        "Zqx answer": "id",
        "Zqx post": "email",
    }
    found = read(
        people,
        "Zqx who,Zqx whom,Type,Zqx friendship\n2,4,advice,1\n4,2,odd,\n2,2,odd,\n",
        "Zqx answer,Zqx post,Zqx score\n2,d@x.org,1\n4,b@x.org,1\n",
        columns=own,
    )
    for said in (
        "column 2 (",
        "the number was taken",
        "date of leaving",
        "of the same person",
        "--as 'column 3=layer'",
    ):
        assert said in found.notes
    assert "may be a layer" in found.notes
    assert "Zqx" not in found.notes


# -- All shapes -----------------------------------------------------------------------------------------------


@settings(max_examples=examples(1000), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain())
def test_an_organisation_in_any_of_these_shapes_is_read_back(read, data, org):
    """Whatever the systems, the people, the line and the ties are the same."""
    people, links = data.draw(people_file(org)), data.draw(links_file(org))
    found = read(people[0], links[0], ends=(people[1], links[1]))
    assert found.managers == dict(zip(org.ids, org.managers, strict=True))
    assert {pair: weight for pair, weight in found.peers.items() if org.ties} == org.peers


@settings(max_examples=examples(500), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain())
def test_what_a_survey_of_any_make_knows_is_read_back(read, data, org):
    """Each answer is the share of its scale that it was, and whoever did not answer is not known."""
    people, (survey, answers) = data.draw(people_file(org)), data.draw(survey_file(org))
    found = read(
        people[0], None, survey[0], ends=(people[1], "", survey[1]), commitment_scale=[1, 7], values_scale=[5, 1]
    )
    assert found.known == answers


@settings(max_examples=examples(500), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain())
def test_an_organisation_that_is_one_network_is_read_back(read, data, org):
    """The line and the ties are its edges."""
    content, end = data.draw(network_file(org))
    found = read(content, ends=(end,))
    assert found.managers == dict(zip(org.ids, org.managers, strict=True))
    assert {pair: weight for pair, weight in found.peers.items() if org.ties} == org.peers


@settings(max_examples=examples(1000), suppress_health_check=list(HealthCheck))
@given(data=st.data(), org=plain())
def test_damaged_files_are_read_or_refused_in_words(read, data, org):
    """Never a traceback, whichever file is given for what."""
    network, end = data.draw(network_file(org))
    files = [data.draw(people_file(org)), data.draw(links_file(org)), data.draw(survey_file(org))[0]]
    chosen = data.draw(st.permutations([*files, (network.encode("utf-8"), end)]))[: data.draw(st.integers(1, 3))]
    try:
        read(*(data.draw(damaged(content)) for content, _ in chosen), ends=[end for _, end in chosen])
    except ScenarioError as told:
        assert str(told)
