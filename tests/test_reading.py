import math
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest

from sim.organisation.generate import organisation
from sim.organisation.imported import LAYERS, read_organisation
from sim.organisation.structure import Builder
from sim.scenario.roles import Kind, Role
from sim.scenario.scenario import ScenarioError, from_dict


def reading(scenario) -> Builder:
    return read_organisation(scenario.organisation, scenario.folder)


NOBODYS = (
    "manager_id is nobody's id: it must be the id, e-mail or name of somebody in the files, or empty for the person at "
    "the top"
)


@pytest.fixture
def read(tmp_path):
    """Write people and links as given and read them; other keys go into the table [organisation]."""

    def _read(people=None, links=None, **setting) -> Builder:
        for name, text in (("people", people), ("links", links)):
            if text is not None:
                content = text if isinstance(text, bytes) else text.encode()
                (tmp_path / f"{name}.csv").write_bytes(content)
                setting[name] = f"{name}.csv"
        return reading(from_dict({"organisation": setting}, folder=tmp_path))

    return _read


@pytest.fixture
def refused(read):
    """The message with which people and links are refused, as a list of lines."""

    def _refused(people=None, links=None, **setting) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            read(people, links, **setting)
        return str(caught.value).split("\n")

    return _refused


FOUR = "id,role,manager_id\nzoe,,\nann,,zoe\nbob,,ann\ncat,,ann\n"
"""A director (seat 0), a middle manager (seat 1) and two practitioners (seats 2 and 3)."""


def weights(builder: Builder, kind: Kind = Kind.PEER) -> dict[tuple[int, int], float]:
    """The links of a kind and what they weigh, by source and target."""
    return {(s, t): pytest.approx(w) for (s, t, k), w in builder.links.items() if k == kind}


def depth(builder: Builder) -> int:
    """How many levels the line has."""
    deepest = 0
    for seat in range(len(builder.roles)):
        steps = 1
        while builder.managers[seat] >= 0:
            seat, steps = builder.managers[seat], steps + 1
        deepest = max(deepest, steps)
    return deepest


def real(networks: Path, name: str, **setting):
    """A scenario that reads a real organisation."""
    table = {"people": "nodes.csv", "links": "edges.csv", **setting}
    return from_dict({"organisation": table}, folder=networks / name)


# -- Real organisations -----------------------------------------------------------------------------------


def test_michalski(networks):
    """The manufacturer has 167 seats: a director, 33 middle managers, 120 in the line below, 13 outside it."""
    scenario = real(networks, "michalski_manufacturing")
    builder = reading(scenario)
    assert Counter(builder.roles) == {Role.DIRECTOR: 1, Role.MIDDLE_MANAGER: 33, Role.PRACTITIONER: 133}
    assert builder.managers.count(-1) == 1 + 13
    assert depth(builder) == 6
    assert max(Counter(m for m in builder.managers if m >= 0).values()) == 13
    assert Counter(k for _, _, k in builder.links) == {
        Kind.LINE_DOWN: 153,
        Kind.LINE_UP: 153,
        Kind.PEER: 5783 - 185,
    }
    assert any(note.startswith("13 people have neither a manager nor reports") for note in builder.notes)
    assert len(organisation(scenario)) == 167 + 2
    assert builder.roles == sorted(builder.roles)


def test_michalski_without_those_outside_the_line(networks):
    """Leaving out the 13 former employees and technical accounts leaves one tree of 154."""
    builder = reading(real(networks, "michalski_manufacturing", outside_line="leave_out"))
    assert len(builder.roles) == 154
    assert builder.managers.count(-1) == 1
    assert any("left out, with their links" in note for note in builder.notes)


def test_krackhardt(networks):
    """The 21 managers: a director, four middle managers, 16 below them; own roles can be mapped."""
    own = {"ceo": "director", "vice president": "middle-manager", "manager": "practitioner"}
    for roles in ({}, own):
        builder = reading(real(networks, "krackhardt_hightech", roles=roles))
        assert Counter(builder.roles) == {Role.DIRECTOR: 1, Role.MIDDLE_MANAGER: 4, Role.PRACTITIONER: 16}
        assert sorted(Counter(builder.managers).values()) == [1, 2, 3, 4, 4, 7]
        assert any("a job title that is no role of this model" in n for n in builder.notes) == (not roles)


def test_cross_and_parker_is_refused(networks):
    """Four people at the top and no managers: the message says so, and what to add."""
    with pytest.raises(ScenarioError) as caught:
        reading(real(networks, "cross_parker_consulting"))
    message = str(caught.value)
    assert "4 people are at the top level (row 9, row 21, row 38, row 46)" in message
    assert "Add a column manager_id" in message
    assert "layer reports_to" in message


# -- Roles ------------------------------------------------------------------------------------------------


def test_roles_come_from_the_line(read):
    """The root is the director, whoever has reports a middle manager, the rest practitioners."""
    builder = read(FOUR)
    assert builder.roles == [Role.DIRECTOR, Role.MIDDLE_MANAGER, Role.PRACTITIONER, Role.PRACTITIONER]
    assert builder.managers == [-1, 0, 1, 1]
    assert builder.ids == ["zoe", "ann", "bob", "cat"]


def test_roles_are_understood_in_any_dress(read):
    """Capitals, hyphens, spaces and short forms are accepted."""
    rows = "d,DIRECTOR,\na,Middle Manager,d\nb,back-office,d\np,practitioner,a\nv,VCS,\nl,lived experience,\n"
    builder = read("id,role,manager_id\n" + rows + "h,health partner,\nf,facilitator,\n")
    assert builder.roles == [r for r in Role if r != Role.LEAD_MEMBER]
    assert builder.managers == [-1, 0, 1, 0, -1, -1, -1, -1]
    assert not any("neither a manager" in note for note in builder.notes)


def test_a_practitioner_with_reports_is_a_middle_manager(read):
    """Every non-director with reports is a middle manager; the note says how many were changed."""
    builder = read("id,role,manager_id\nd,,\na,practitioner,d\nb,,a\n")
    assert builder.roles[1] == Role.MIDDLE_MANAGER
    said = "1 person with the role practitioner in the people file has reports"
    assert any(note.startswith(said) for note in builder.notes)


def test_seats_are_sorted_by_role_then_by_row(read):
    """The director comes first wherever the file has them; managers point to seats, not to rows."""
    builder = read("id,manager_id\np2,m\np1,m\nm,d\nd,\n")
    assert builder.ids == ["d", "m", "p2", "p1"]
    assert builder.managers == [-1, 0, 1, 1]


@pytest.mark.parametrize("own", ["", "lm"])
@pytest.mark.parametrize("manager_id", ["", "lm"])
def test_a_lead_member_stands_above_the_director(read, manager_id, own):
    """Whether or not the file says so, and also where it has them manage themself."""
    builder = read(f"id,role,manager_id\nlm,lead member,{own}\nd,,{manager_id}\na,,d\nb,,a\n")
    assert builder.roles[:2] == [Role.DIRECTOR, Role.LEAD_MEMBER]
    assert builder.managers == [1, -1, 0, 2]
    assert (1, 0, Kind.LINE_DOWN) in builder.links
    assert any("lead member" in note for note in builder.notes) == (manager_id == "")


def test_a_director_alone(read):
    """One person is read as the director; that there is no staff is for the caller to refuse."""
    builder = read("id\nsolo\n")
    assert builder.roles == [Role.DIRECTOR]
    assert builder.links == {}


@pytest.mark.parametrize(("setting", "seats"), [("keep", 5), ("leave_out", 4)])
def test_people_outside_the_line(read, setting, seats):
    """They are kept as practitioners without a manager, or left out with their links."""
    links = "source,target\nbob,cat\neve,bob\n"
    builder = read(FOUR + "eve,,\n", links, outside_line=setting)
    assert len(builder.roles) == seats
    assert any(note.startswith("1 person has neither a manager nor reports") for note in builder.notes)
    eve = builder.ids.index("eve") if "eve" in builder.ids else None
    assert len(weights(builder)) == (1 if eve is None else 2)
    if eve is not None:
        assert (builder.roles[eve], builder.managers[eve]) == (Role.PRACTITIONER, -1)


def test_partners_are_not_outside_the_line(read):
    """A voluntary-sector partner without a manager stays, even where people outside the line are left out."""
    builder = read(FOUR + "v,vcs,\n", outside_line="leave_out")
    assert builder.roles[-1] == Role.VCS_PARTNER


# -- The line ---------------------------------------------------------------------------------------------


def test_the_line_from_links(read):
    """A layer reports_to gives managers: the source reports to the target."""
    builder = read("id\nzoe\nann\nbob\n", "source,target,layer\nann,zoe,reports_to\nbob,ann,reports_to\n")
    assert builder.managers == [-1, 0, 1]


def test_links_alone_are_enough(read):
    """Without a people file the people are those whom the links name; own layers may give the line."""
    links = "source,target,layer\nbob,ann,boss\nann,zoe,boss\nbob,zoe,advice\n"
    builder = read(links=links, layers={"boss": {"kind": "line"}})
    assert builder.ids == ["zoe", "ann", "bob"]
    assert builder.managers == [-1, 0, 1]
    assert weights(builder) == {(0, 2): 1.0}


def test_both_sources_of_the_line_may_agree(read):
    """manager_id and reports_to side by side are fine, as long as they say the same."""
    links = "source,target,layer\nann,zoe,reports_to\nbob,ann,reports_to\ncat,ann,reports_to\n"
    assert read(FOUR, links).managers == [-1, 0, 1, 1]


def test_the_line_from_levels_and_teams(read):
    """Where nobody's manager is given, the only person at the next level up in the team manages."""
    rows = "d,1,\na,2,north\nb,2,south\np,3,north\nq,5,south\nr,4,south\n"
    builder = read("id,level,team\n" + rows)
    assert dict(zip(builder.ids, (builder.managers), strict=True)) == {
        "d": -1, "a": 0, "b": 0, "r": 2, "p": 1, "q": 3,
    }  # fmt: skip
    assert any("told from levels and teams" in note for note in builder.notes)


def test_the_line_from_roles_and_teams(read):
    """A file of roles and teams, as a council would draw it up, needs neither levels nor managers."""
    rows = "d,director,\na,middle manager,1\nb,middle manager,2\np,practitioner,1\nq,practitioner,2\n"
    builder = read("id,role,team\n" + rows + "h,back office,\nv,vcs,1\n")
    assert builder.managers == [-1, 0, 0, 1, 2, 0, -1]
    assert any("told from roles and teams" in note for note in builder.notes)


def test_an_ambiguous_line_is_refused(refused):
    """Two possible managers in a team are too many."""
    (line,) = refused("id,level,team\nd,1,\na,2,x\nb,2,x\np,3,x\n")
    assert "1 person could have more than one manager (row 5)" in line
    assert "Add a column manager_id" in line


def test_one_who_manages_themself_is_the_director(read):
    """Some systems write the head as their own manager."""
    builder = read("id,manager_id\nd,d\na,d\nb,a\n")
    assert builder.managers == [-1, 0, 1]
    assert any(note.startswith("The person in row 2 of the people file is their own manager") for note in builder.notes)


def test_twelve_levels(read):
    """Any number of levels will do; all in between are middle managers."""
    rows = "".join(f"{i},{i - 1 if i else ''}\n" for i in range(12))
    builder = read("id,manager_id\n" + rows)
    assert depth(builder) == 12
    assert Counter(builder.roles)[Role.MIDDLE_MANAGER] == 10


@pytest.mark.parametrize("span", [1, 8])
def test_ten_thousand_people(read, span):
    """Ten thousand people are read, also when each manages the next."""
    rows = "".join(f"p{i},title {i % 500},{f'p{(i - 1) // span}' if i else ''}\n" for i in range(10_000))
    builder = read("id,role,manager_id\n" + rows)
    assert len(builder.roles) == 10_000
    assert Counter(builder.roles)[Role.MIDDLE_MANAGER] == (9_998 if span == 1 else 1249)


def test_a_huge_team_without_links_is_refused(refused):
    """Making thousands of people all one another's peers is nobody's wish."""
    rows = "".join(f"p{i},d\n" for i in range(1001))
    (line,) = refused("id,manager_id\nd,\n" + rows)
    assert "one person has 1,001 reports" in line


# -- The links --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name, layer in LAYERS.items() if layer.kind != "line"))
def test_direction_of_built_in_layers(read, name):
    """Influence runs from the one asked, named or valued to the one who asks; else from source to target."""
    builder = read(FOUR, f"source,target,layer\nbob,cat,{name}\n")
    kind = Kind[name.upper()] if name in {k.slug for k in Kind} else Kind.PEER
    expected = (3, 2) if name in ("advice", "friendship", "value") else (2, 3)
    found = weights(builder, kind)
    assert {pair: w for pair, w in found.items() if set(pair) == {2, 3}} == {expected: 1.0}


@pytest.mark.parametrize(
    ("influence", "expected"),
    [("source_to_target", [(2, 3)]), ("target_to_source", [(3, 2)]), ("both", [(2, 3), (3, 2)])],
)
def test_direction_of_own_layers(read, influence, expected):
    """A table of the scenario says who influences whom."""
    layers = {"trust": {"kind": "coproduction", "influence": influence}}
    builder = read(FOUR, "source,target,layer\nbob,cat,Trust\n", layers=layers)
    assert sorted(weights(builder, Kind.COPRODUCTION)) == expected


@pytest.mark.parametrize(
    ("how", "first", "second", "third"),
    [
        ("given", 1.0, 3.0, 8.0),
        ("relative", 0.25, 0.75, 2.0),
        ("log", *(math.log(1 + w) / (math.log(2 * 4 * 9) / 3) for w in (1, 3, 8))),
        ("equal", 1.0, 1.0, 1.0),
    ],
)
def test_weights(read, how, first, second, third):
    """By hand, for weights 1, 3 and 8: their mean is 4, the logarithms are of 2, 4 and 9."""
    links = "source,target,layer,weight\nbob,cat,x,1\ncat,bob,x,3\nbob,zoe,x,8\n"
    builder = read(FOUR, links, layers={"x": {"kind": "peer", "weights": how}})
    assert weights(builder) == {(2, 3): first, (3, 2): second, (2, 0): third}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("given", "A tie counts for as much as its weight says"),
        ("relative", "A tie of twice the weight counts for twice as much"),
        ("log", "counts for more, but not in proportion"),
        ("equal", "Every tie counts the same"),
    ],
)
def test_notes_say_in_plain_words_what_weights_mean(read, how, said):
    """A trainer can read them; where all weights are alike, the note says so however they are scaled."""
    layers = {"x": {"kind": "peer", "weights": how}}
    for second, expected in ((3, said), (1, "Every tie counts the same")):
        builder = read(FOUR, f"source,target,layer,weight\nbob,cat,x,1\ncat,bob,x,{second}\n", layers=layers)
        (note,) = [note for note in builder.notes if note.startswith("Own layer 1: 2 ties between colleagues")]
        assert "the person in column 'source' influences the one in column 'target'" in note
        assert expected in note


def test_light_ties_are_left_out_before_the_mean_is_taken(read):
    """``minimum`` keeps ties of at least that weight; a weight of 0 is no tie; both are noted."""
    links = "source,target,layer,weight\nbob,cat,x,2\ncat,bob,x,6\nbob,zoe,x,1\ncat,zoe,x,0\n"
    builder = read(FOUR, links, layers={"x": {"kind": "peer", "weights": "relative", "minimum": 2}})
    assert weights(builder) == {(2, 3): 0.5, (3, 2): 1.5}
    assert "Own layer 1: 1 tie lighter than 2 was left out." in builder.notes
    assert "1 link of weight 0 in the links file was read as no tie." in builder.notes


def test_repeated_links_add_up(read):
    """Two rows of one layer are one tie; two layers are two ties of the same two people. Both add."""
    links = "source,target,layer,weight\nbob,cat,peer,2\nbob,cat,,0.5\n"
    builder = read(FOUR, links)
    assert weights(builder) == {(2, 3): 2.5}
    assert "1 link in the links file repeats one of the same layer; their weights were added up." in builder.notes
    both = read(FOUR, "source,target,layer\nbob,cat,advice\ncat,bob,work\n")
    assert weights(both) == {(3, 2): 2.0}


def test_peer_links_along_the_line_are_left_out(read):
    """The line joins a person and their manager already; a skip-level tie stays."""
    builder = read(FOUR, "source,target\nbob,ann\nann,cat\nbob,zoe\nbob,cat\n")
    assert weights(builder) == {(2, 0): 1.0, (2, 3): 1.0}
    assert any(note.startswith("2 ties between a person and their own line manager") for note in builder.notes)


def test_the_line_carries_influence_both_ways(read):
    """Every step of the line is a link down and a link up; a file's own weight for one replaces it."""
    builder = read(FOUR, "source,target,layer,weight\nann,bob,line_down,4\nzoe,bob,line_down,2\n")
    assert weights(builder, Kind.LINE_DOWN) == {(0, 1): 1.0, (1, 2): 4.0, (1, 3): 1.0, (0, 2): 2.0}
    assert weights(builder, Kind.LINE_UP) == {(1, 0): 1.0, (2, 1): 1.0, (3, 1): 1.0}


@pytest.mark.parametrize("links", [None, "source,target\n", "source,target,layer\nann,zoe,reports_to\n"])
def test_without_horizontal_links_teammates_are_peers(read, links):
    """Bob and Cat share a manager, so they are peers; the note says it was assumed."""
    people = FOUR if not (links and "reports_to" in links) else "id\nzoe\nann\nbob\ncat\n"
    if links and "reports_to" in links:
        links += "bob,ann,reports_to\ncat,ann,reports_to\n"
    builder = read(people, links)
    assert weights(builder) == {(2, 3): 1.0, (3, 2): 1.0}
    assert any("same manager were made peers" in note for note in builder.notes)


def test_each_call_gives_a_fresh_builder(read, tmp_path):
    """What the caller adds to one future's organisation does not show in the next one's; a changed file does."""
    first = read(FOUR)
    first.seat(Role.VCS_PARTNER)
    first.link(0, 4, Kind.PARTNER)
    first.notes.append("mine")
    second = read(FOUR)
    assert len(second.roles) == len(second.ids) == len(second.addresses) == 4
    assert (0, 4, Kind.PARTNER) not in second.links
    assert "mine" not in second.notes
    assert len(read(FOUR + "dan,,ann\n").roles) == 5


# -- Formats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_of_any_common_make(read, mark, separator, end):
    """With or without a byte-order mark; comma, semicolon or tab; spaces, blank rows and capitals are forgiven."""
    text = FOUR.replace("zoe", " zoe ").replace("id,role", "ID,Role").replace("manager_id", "Manager ID")
    content = (text + ",,\n\n").replace(",", separator).replace("\n", end).encode()
    assert read(mark + content).managers == [-1, 0, 1, 1]


def graphml(graph, path: Path, **setting) -> Builder:
    """Write a graph as GraphML and read it as an organisation."""
    nx.write_graphml(graph, path)
    return reading(from_dict({"organisation": {"people": path.name, **setting}}, folder=path.parent))


def a_graph(kind=nx.MultiDiGraph):
    """The organisation of FOUR as a graph, without edges."""
    graph = kind()
    graph.add_node("n1", id="zoe", role="director")
    graph.add_node("n2", id="ann", manager_id="zoe")
    graph.add_node("n3", id="bob", manager_id="ann")
    graph.add_node("n4", id="cat", manager_id="ann")
    return graph


def test_graphml(tmp_path):
    """People and links from one GraphML file, parallel edges of several layers included."""
    graph = a_graph()
    graph.add_edge("n3", "n4", layer="advice", weight=2.0)
    graph.add_edge("n3", "n4", layer="peer", weight=3.0)
    builder = graphml(graph, tmp_path / "all.graphml")
    assert builder.ids == ["zoe", "ann", "bob", "cat"]
    assert builder.managers == [-1, 0, 1, 1]
    assert weights(builder) == {(3, 2): 1.0, (2, 3): 3.0}


def test_graphml_undirected(tmp_path):
    """An undirected edge counts both ways, with its weight each way."""
    graph = a_graph(nx.Graph)
    graph.add_edge("n4", "n3", weight=2.0)
    assert weights(graphml(graph, tmp_path / "all.graphml")) == {(2, 3): 2.0, (3, 2): 2.0}


def test_graphml_with_a_table_of_links(tmp_path):
    """Links named beside a GraphML file replace its own; node ids stand in where there is no id attribute."""
    graph = nx.DiGraph([("bob", "zoe")])
    nx.set_node_attributes(graph, {"zoe": 1, "bob": 2}, "level")
    (tmp_path / "links.csv").write_text("source,target\nzoe,bob\n")
    builder = graphml(graph, tmp_path / "all.graphml", links="links.csv")
    assert builder.managers == [-1, 0]
    assert weights(builder) == {}


def test_graphml_numbers_are_ids(tmp_path):
    """A column of numbers with gaps comes as 1.0, 2.0; they are the ids 1 and 2."""
    graph = nx.DiGraph()
    graph.add_node("a", id=1)
    graph.add_node("b", id=2, manager_id=1.0)
    assert graphml(graph, tmp_path / "all.graphml").managers == [-1, 0]


def test_graphml_mistakes_cite_nodes(tmp_path):
    """Nodes have no rows, so they are cited by their number in the file."""
    graph = a_graph()
    graph.nodes["n4"]["manager_id"] = "dan"
    graph.add_edge("n3", "n4", weight=-1.0)
    with pytest.raises(ScenarioError) as caught:
        graphml(graph, tmp_path / "all.graphml")
    assert str(caught.value).split("\n") == [
        f"people file node 4: {NOBODYS}",
        "people file edge from node 3 to node 4: the weight is not a number above 0 and up to 1e+12 (0 for no tie); to "
        "do without, --as COLUMN=ignore",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<graphml", "cannot be read as GraphML or GEXF"),
        ("<p>hello</p>", "cannot be read as GraphML or GEXF"),
        ("hello", "cannot be read as GraphML"),
        (
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
            '<node id="a"/><edge source="a" target="b"/></graph></graphml>',
            "1 node named by edges cannot be found",
        ),
        (
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">'
            '<node id="a"/><node id="a"/></graph></graphml>',
            "two nodes have the same id",
        ),
        (
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"/></graphml>',
            "there are no people in it",
        ),
    ],
)
def test_broken_graphml(tmp_path, text, said):
    """What is not GraphML is said to be so, without quoting it."""
    (tmp_path / "x.graphml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        reading(from_dict({"organisation": {"people": "x.graphml"}}, folder=tmp_path))
    assert str(caught.value) == f"people file: {said}"


def test_an_undirected_line_is_refused(tmp_path):
    """Without a direction nobody can say who reports to whom."""
    graph = nx.Graph([("a", "b")])
    nx.set_edge_attributes(graph, "reports_to", "layer")
    with pytest.raises(ScenarioError, match="undirected graph cannot say who reports to whom"):
        graphml(graph, tmp_path / "x.graphml")


# -- Mistakes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "people file: the file is empty"),
        (b"\xef\xbb\xbf\n", "people file: the file is empty"),
        (b"id,manager_id\n", "people file: there are no people in it"),
        (b"\xff\xfei\x00d\x00", "people file: there are no people in it"),
        (b"\xff\xfei\x00d\x00i", "people file: cannot be read as UTF-16 text"),
        (
            b"zoe,ann\n",
            "people file: the first row must name the columns, and none of them is 'id' or another name for it, such "
            "as Employee ID, Worker ID, Email or Name; or say which is which: --as COLUMN=MEANING, or a table "
            "[organisation.columns]. CSV, Excel, GraphML, GEXF, GML, Pajek, UCINET DL and SIF are read",
        ),
        (b"id,ID\nzoe,ann\n", "people file: the first row names the column 'id' twice"),
        (b'id\n"zoe\n', "people file: not a table: check the quotation marks at or before line 2"),
    ],
)
def test_unusable_files(refused, content, said):
    """A file that cannot be used at all says why, and quotes none of it."""
    assert refused(content) == [said]


def test_missing_files_and_folders(tmp_path):
    """Both files are looked at before giving up."""
    (tmp_path / "inner").mkdir()
    scenario = from_dict({"organisation": {"people": "inner", "links": "none.csv"}}, folder=tmp_path)
    with pytest.raises(ScenarioError) as caught:
        reading(scenario)
    assert str(caught.value).split("\n") == [
        "people file: this is a folder, not a file",
        "links file: there is no such file; a path in a scenario starts from the scenario's folder (in Python give "
        "the whole path), one given to a command from the folder in which you are",
    ]


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("id,manager_id\nzoe,\n,zoe\n", "row 3: the id is empty"),
        ("id,manager_id\nzoe,\nann,zoe\nann,zoe\n", "row 4: the id is the same as that of row 3"),
        ("id,manager_id\nzoe,\nann,dan\nbob,zoe\n", "row 3: manager_id is nobody's id"),
        ("id,manager_id\nzoe,\nann,zoe,x\n", "row 3: has more cells than the first row"),
        ("id,manager_id\nzoe,\nann,ann\nbob,zoe\n", "row 3: this person manages themself; leave the manager"),
        (
            "id,manager_id\nzoe,\nann,bob\nbob,cat\ncat,ann\ndan,zoe\neve,ann\n",
            "row 3, row 4, row 5 manage one another in a circle",
        ),
        ("id,manager_id\nzoe,\nann,\nbob,zoe\ncat,ann\n", "row 2, row 3 have reports but no manager"),
        ("id,role,manager_id\nzoe,director,\nann,director,zoe\n", "row 2, row 3 all have the role director"),
        ("id,role,manager_id\nzoe,,\nann,director,zoe\n", "row 3: the director has a manager (row 2) whose role"),
        (
            "id,role,manager_id\nzoe,director,\nbob,,zoe\nann,,\ncat,,ann\n",
            "row 4 head a line of their own, beside the director's (row 2)",
        ),
        ("id,role,manager_id\nzoe,back office,\nann,,zoe\n", "row 2: this person heads the line, so the role must"),
        ("id,role,manager_id\nzoe,practioner,\nann,,zoe\n", "row 2: unknown role; did you mean 'practitioner'? If not"),
        ("id,role,manager_id\na,lead member,\nb,lead member,\nd,,\ne,,d\n", "row 2, row 3 all have the role lead_m"),
        ("id,role,manager_id\na,lead member,d\nd,,\ne,,d\n", "row 2: a lead member has no manager"),
        ("id,role,manager_id\na,lead member,\nd,,a\ne,,d\nf,,a\n", "row 5: the lead member manages this person"),
        ("id,level\nzoe,1\nann,two\n", "row 3: the level is not a number"),
        ("id\nzoe\nann\n", "the levels or roles of the others are not given"),
        ("id,role\nv,vcs\n", "nobody is the director"),
    ],
)
def test_mistakes_in_people(refused, people, said):
    """Each mistake of a people file is named with its row."""
    lines = refused(people)
    assert len(lines) == 1, lines
    assert lines[0].startswith("people file")
    assert said in lines[0]


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ("target\nbob\n", "the first row must name the columns, and none of them is 'source'"),
        ("source,target\n,bob\n", "row 2: the source is empty"),
        ("source,target\nbob,dan\n", "row 2: the target is nobody's id"),
        ("source,target,weight\nbob,cat,heavy\n", "row 2: the weight is not a number above 0"),
        ("source,target,weight\nbob,cat,-1\n", "row 2: the weight is not a number above 0"),
        ("source,target,weight\nbob,cat,inf\n", "row 2: the weight is not a number above 0"),
        ("source,target,weight\nbob,cat,nan\n", "row 2: the weight is not a number above 0"),
        ("source,target,layer\nbob,cat,advise\n", "row 2: unknown layer; did you mean 'advice'?"),
        ("source,target,layer\nbob,cat,advise\n", "in a table [organisation.layers.NAME]"),
        ("source,target,layer\nbob,cat,xyz\n", "row 2: unknown layer; known: line_down"),
    ],
)
def test_mistakes_in_links(refused, links, said):
    """Each mistake of a links file is named with its row."""
    lines = refused(FOUR, links)
    assert len(lines) == 1, lines
    assert lines[0].startswith("links file")
    assert said in lines[0]


def test_a_tie_of_somebody_to_themself_is_left_out(read):
    """Directed or not, as network tools write them; and it is said where."""
    for way in ("directed", "undirected"):
        builder = read(FOUR, f"source,target,direction\nbob,cat,directed\nbob,bob,{way}\n")
        assert len(weights(builder)) == 1
        assert "1 tie of a person to themself in the links file was left out (row 3)." in builder.notes


def test_two_lines_that_disagree(refused):
    """manager_id and the links of the line must say the same; the rows of the people are listed."""
    links = "source,target,layer\nann,zoe,reports_to\nbob,zoe,reports_to\n"
    assert refused(FOUR, links) == [
        "people file, 2 rows (row 4, row 5): manager_id and the links of the line do not give this person the same "
        "manager: correct one, or leave one out (--as COLUMN=ignore)"
    ]


def test_two_managers_in_the_links(refused):
    """A person has one line manager."""
    links = "source,target,layer\nann,zoe,reports_to\nbob,zoe,reports_to\nbob,ann,reports_to\n"
    assert refused("id\nzoe\nann\nbob\n", links) == [
        "people file row 4: the links of the line give this person more than one manager (links file row 3, links file "
        "row 4): keep one of them"
    ]


def test_mistakes_in_the_scenario(refused):
    """Roles mapped to something unknown and directions for a line are the scenario's mistakes."""
    lines = refused(FOUR, roles={"team lead": "midle_manager"}, layers={"boss": {"kind": "line", "influence": "both"}})
    assert lines == [
        '[organisation.layers] entry 1: in a layer of kind "line" the source reports to the target, or with influence '
        '= "target_to_source" manages them; leave out the rest',
        "[organisation.roles] entry 1: unknown role; did you mean 'middle_manager'?",
    ]


def test_all_mistakes_are_reported_at_once(refused):
    """Both files, every sort, each once; of a long list of rows the first ten and how many more."""
    people = "id,manager_id\nzoe,\nann,zoe\n" + "".join(f"x{i},nobody\n" for i in range(13)) + ",zoe\n"
    lines = refused(people, "source,target,layer\nann,zoe,peer\nann,gone,peer\nann,zoe,odd\n")
    rows = ", ".join(f"row {row}" for row in range(4, 14))
    assert f"people file, 13 rows ({rows} and 3 more): {NOBODYS}" in lines
    assert "people file row 17: the id is empty: everybody needs an id, an e-mail or a name" in lines
    nobody = "links file row 3: the target is nobody's id: it must be the id, e-mail or name of somebody in the files"
    assert nobody in lines
    assert any(line.startswith("links file row 4: unknown layer; known: ") for line in lines)
    assert len(lines) == 4


# -- Privacy ----------------------------------------------------------------------------------------------

SECRETS = ["qz-zoe", "qz-ann", "qz-bob", "qz-cat", "qz-dan", "Zebedee"]
PRIVATE = "id,name,role,manager_id\nqz-zoe,Zebedee,,\nqz-ann,Zebedee,chief,qz-zoe\nqz-bob,Zebedee,qz-cat,qz-ann\n"


def test_no_id_in_labels_or_notes(read, tmp_path):
    """Ids are kept in the builder's ids alone; other columns are kept nowhere."""
    links = "source,target,layer,weight\nqz-bob,qz-cat,advice,2\nqz-bob,qz-cat,advice,2\nqz-ann,qz-bob,work,0\n"
    builder = read(PRIVATE + "qz-cat,Zebedee,,qz-ann\nqz-dan,Zebedee,,\n", links)
    built = builder.build()
    said = "\n".join(built.labels + built.notes)
    assert not [secret for secret in SECRETS if secret in said]
    assert "2 people in the people file have a job title that is no role of this model (2 different titles)" in said
    assert built.ids == ["qz-zoe", "qz-ann", "qz-bob", "qz-cat", "qz-dan"]
    assert "Zebedee" not in str(vars(builder))


def test_no_id_in_messages(refused):
    """Nor do mistakes quote anybody, even where ids stand in the wrong column."""
    people = PRIVATE + "qz-cat,Zebedee,,gone\nqz-cat,Zebedee,,qz-cat\nqz-dan,Zebedee,,qz-dan\n"
    links = "source,target,layer,weight\nqz-bob,qz-bob,,\nqz-bob,gone,qz-ann,qz-zoe\n"
    said = "\n".join(refused(people, links))
    assert not [secret for secret in [*SECRETS, "gone"] if secret in said]
    assert "unknown layer; known: " in said
    assert not [s for s in SECRETS if s in "\n".join(refused("qz-zoe,qz-ann\nqz-bob,qz-cat\n"))]
