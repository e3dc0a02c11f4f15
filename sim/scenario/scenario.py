"""What a scenario may say: reading a file, checking it, and making its variants.

A ``Scenario`` is one fully resolved setting: the base of a file, or one of its variants. ``load`` finds a scenario
in the library or reads a TOML file; ``Scenario.variant`` gives a variant; ``Scenario.with_`` gives a changed
copy. Mistakes are all collected and reported together as a ``ScenarioError``.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, model_validator

from sim.base.errors import ScenarioError, lines, read_toml, unknown
from sim.base.files import with_sheet
from sim.scenario.events import (
    KINDS_OF_EVENT,
    Change,
    DirectorLeaves,
    Event,
    PersonLeaves,
    Scheduled,
)
from sim.scenario.labels import Labels, read_labels
from sim.scenario.parameters import LONGEST, Parameters, Table, merged, parameter, tables
from sim.scenario.roles import Role


def _rising(months: list[int]) -> list[int]:
    if months != sorted(set(months)):
        raise ValueError("months that rise from one to the next are needed, such as [24, 60, 120]")
    return months


class Measure(Table):
    """When and how a future is judged."""

    reference_month: int | None = parameter(
        None, 0, LONGEST, "row at which the change is judged to have taken hold; absent: the base's departure",
        unit="month",
    )  # fmt: skip
    horizon: int = parameter(60, 1, LONGEST, "months from the reference month to the verdict", unit="months")
    horizons: Annotated[list[Annotated[int, Field(ge=1, le=LONGEST)]], AfterValidator(_rising)] = Field(
        default=[24, 60, 120],
        description="at how many months from the reference month collapse is counted as well, where the run reaches "
        "them; the base's hold for its variants",
        json_schema_extra={"unit": "months"},
    )
    survival: float = parameter(0.5, 0, 10, "retention from which a change has survived", unit="ratio")
    taken_hold: float = parameter(0.25, 0, 1, "practised commitment from which a change has taken hold")


class Layer(Table):
    """How one layer of a survey is read: as which kind of link, who influences whom, and what its weights mean."""

    kind: Literal["line", "line_down", "line_up", "peer", "partner", "coproduction", "facilitation"] = Field(
        description="as which kind of link it is read; line: the source reports to the target, or manages them if "
        "influence is target_to_source"
    )
    influence: Literal["source_to_target", "target_to_source", "both"] = Field(
        default="source_to_target", description="who influences whom"
    )
    weights: Literal["given", "relative", "log", "equal"] = Field(
        default="given", description="as they are, relative to the layer's mean, logarithm of counts, or all alike"
    )
    minimum: float = Field(default=0.0, ge=0.0, description="ties lighter than this are left out")


def _scale(ends: list[float] | None) -> list[float] | None:
    if ends is not None and (len(ends) != 2 or not math.isfinite(sum(ends)) or ends[0] == ends[1]):
        raise ValueError("two numbers are needed, the answers for 0 and for 1, such as [1, 5]")
    return ends


Scale = Annotated[list[float] | None, AfterValidator(_scale)]


class Organisation(Table):
    """The organisation: generated from counts, or read from files of people and links."""

    people: str | None = Field(default=None, description="file of a real organisation's people")
    links: str | None = Field(default=None, description="file of who is linked with whom")
    layers: dict[str, Layer] = Field(default={}, description="how the layers of the links file are read")
    roles: dict[str, str] = Field(default={}, description="which role each role name in the people file means")
    survey: str | None = Field(default=None, description="file of what a survey knows of those people")
    columns: dict[str, str] = Field(default={}, description="what columns of the files are, by their names")
    commitment_scale: Scale = Field(default=None, description="the answers for 0 and for 1 of a survey with a scale")
    practice_scale: Scale = Field(default=None, description="the same for practice")
    values_scale: Scale = Field(default=None, description="the same for values")
    leadership_scale: Scale = Field(default=None, description="the same for leadership")
    outside_line: Literal["keep", "leave_out"] = Field(
        default="keep", description="people of the file who have neither a manager nor reports"
    )
    dotted_line: Literal["leave_out", "peer"] = Field(
        default="leave_out", description="managers beside the one in the line: left out, or read as colleagues"
    )
    teams: int = parameter(8, 0, 100_000, "teams, each with a middle manager", unit="teams")
    practitioners_per_team: int = parameter(8, 0, 100_000, "practitioners in each team", unit="seats")
    heads_of_service: int = parameter(
        0, 0, 100_000, "middle managers between the director and the managers of teams, dealt equal blocks of teams",
        unit="seats",
    )  # fmt: skip
    lead_member: bool = Field(default=True, description="whether a politician holds the portfolio")
    back_office: int = parameter(6, 0, 100_000, "back-office seats", unit="seats")
    vcs_partners: int = parameter(8, 0, 100_000, "voluntary-sector partners", unit="seats")
    lived_experience: int = parameter(12, 0, 100_000, "lived-experience members", unit="seats")
    health_partners: int = parameter(8, 0, 100_000, "health partners", unit="seats")
    facilitators: int = parameter(2, 0, 100_000, "change facilitators, while subscribed", unit="seats")
    cross_team_links: float = parameter(
        1.7, 0, 1000, "mutual links with other teams, mean a practitioner", unit="links"
    )
    cross_team: Literal["random", "neighbours", "hubs"] = Field(
        default="random", description="with whom those are: anybody, the next teams' people, or one person of a team"
    )
    coproduction: Literal["mediated", "direct"] = Field(
        default="mediated",
        description="lived-experience members linked through voluntary-sector partners, or to practitioners",
    )
    coproduction_links: int = parameter(3, 0, 1000, "links of each lived-experience member", unit="links")
    engagement_lead: bool = Field(default=False, description="whether direct co-production runs through one person")
    manager_links: int = parameter(1, 0, 1000, "middle managers linked with each partner", unit="links")
    health_practitioner_links: int = parameter(
        2, 0, 1000, "practitioners linked with each health partner", unit="links"
    )
    vcs_practitioner_links: int = parameter(
        3, 0, 1000, "practitioners linked with each voluntary partner", unit="links"
    )

    @property
    def scales(self) -> dict[str, list[float]]:
        """The ends of each scale that is not from 0 to 1."""
        return {name: ends for name in Person.model_fields if (ends := getattr(self, f"{name}_scale")) is not None}

    @property
    def imported(self) -> bool:
        """Whether the organisation is read from files."""
        return self.people is not None or self.links is not None


class Person(Table):
    """What is known of the person in a seat at the start; what is absent is drawn or follows as usual."""

    commitment: float | None = Field(default=None, ge=0, le=1, description="support for the change")
    practice: float | None = Field(default=None, ge=0, le=1, description="share of recent work done the new way")
    values: float | None = Field(default=None, ge=0, le=1, description="congruence of their values with the change")
    leadership: float | None = Field(default=None, ge=0, le=1, description="how far they lead beyond their position")


FILES = ("people", "links", "survey")
"""Keys of ``[organisation]`` that name files."""

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".graphml", ".gexf", ".gml", ".net", ".dl", ".txt", ".tsv")
"""How those files may end, beside .csv: an ending says nothing of anybody."""

GENERATED_ONLY = ("teams", "practitioners_per_team", "heads_of_service", "cross_team_links", "cross_team")
"""Keys of ``[organisation]`` that make no sense beside files of a real one."""


class Scenario(Parameters):
    """One resolved setting: every key of a scenario file, with the defaults where the file is silent."""

    format: Literal[1] = Field(default=1, description="the version of this format")
    title: str = Field(default="Untitled", min_length=1, description="the story in a few words, the first row's name")
    labels: str | None = Field(default=None, description="other words for roles and links: hospital, school, a file")
    question: str = Field(default="", description="what one wants to know")
    paper: str = Field(default="", description="the passage of the study that the question comes from")
    look_for: str = Field(default="", description="what to look at in the answer")
    compared_with: str = Field(
        default="", description="in a variant: the variant that its differences are from; absent: the first row"
    )
    months: int = parameter(96, 1, LONGEST, "length of a run", unit="months")
    measure: Measure = Measure()
    organisation: Organisation = Organisation()
    seats: dict[str, Person] = Field(default={}, description="what is known of people, such as middle_manager 3")
    events: dict[str, Event] = Field(default={})
    variants: dict[str, dict[str, Any]] = Field(default={})

    _name: str = PrivateAttr("scenario")
    _folder: Path = PrivateAttr(default_factory=Path)

    @property
    def name(self) -> str:
        """The slug: a library name, or a file's name without its ending."""
        return self._name

    @property
    def folder(self) -> Path:
        """The folder that relative paths in the scenario start from."""
        return self._folder

    @property
    def words(self) -> Labels:
        """The words for roles and kinds of link in whatever a person reads."""
        return read_labels(self.labels, self.folder, library())

    def happening[E: Scheduled](self, kind: type[E]) -> dict[str, E]:
        """The events of a kind that are not disabled, by their names."""
        return {slug: event for slug, event in self.events.items() if isinstance(event, kind) and event.enabled}

    @property
    def departures(self) -> list[int]:
        """Months of the scheduled departures of the director, earliest first."""
        return sorted(event.month for event in self.happening(DirectorLeaves).values())

    @property
    def random_departures(self) -> bool:
        """Whether the director may leave at random, by tenure, at the start or from some change on."""
        changes = [event.set.get("turnover", {}) for event in self.happening(Change).values()]
        return self.turnover.director_tenure is not None or any("director_tenure" in c for c in changes)

    @property
    def reference_month(self) -> int:
        """The row at which this setting is judged when it is the base and departures are scheduled."""
        if self.measure.reference_month is not None:
            return self.measure.reference_month
        return self.departures[0] if self.departures else 36

    def parameters_by_month(self) -> list[Parameters]:
        """The parameters in force in months 1 to ``months``; entry 0 is those of the start."""
        changes = sorted(self.happening(Change).values(), key=lambda event: event.month)
        current: Parameters = self
        parameters: list[Parameters] = [self]
        for month in range(1, self.months + 1):
            for event in changes:
                if event.month == month - 1:
                    current = _with_changes(current, event.set)
            parameters.append(current)
        return parameters

    def to_dict(self) -> dict[str, Any]:
        """Every key with its value in force, without the variants, ready for JSON or TOML (absent where None).

        It names nobody: files of people and links are called people.csv and links.csv (or .xlsx, ...) here, and the
        tables that explain their layers, roles and columns, whose keys stand in the files, are left out.
        """
        data = self.resolved()
        setting = data["organisation"]
        for key in setting.keys() & set(FILES):
            suffix = with_sheet(Path(setting[key]))[0].suffix.lower()
            setting[key] = key + (suffix if suffix in ENDINGS else ".csv")
        if "people" in setting or "links" in setting:
            del setting["layers"], setting["roles"], setting["columns"]
        return data

    def resolved(self) -> dict[str, Any]:
        """``to_dict`` with whatever it leaves out: for comparing settings, never to be shown or written."""
        data = self.model_dump(exclude_none=True, exclude={"variants", "paper", "look_for"})
        setting = self.organisation
        if setting.imported:  # what only a generated organisation has is not there
            kept = {"layers", "roles", "columns", "outside_line", "facilitators", *FILES} | setting.model_fields_set
            data["organisation"] = {key: value for key, value in data["organisation"].items() if key in kept}
            for key in data["organisation"].keys() & set(FILES):  # where they lie says nothing of the setting
                data["organisation"][key] = Path(data["organisation"][key]).name
        if self.labels is not None:
            data["labels"] = Path(self.labels).name
        return data

    def written(self) -> dict[str, Any]:
        """Only the keys that the file, the command line or the caller set, variants included."""
        return self.model_dump(exclude_unset=True, exclude_none=True)

    def hash(self) -> str:
        """SHA-256 of the resolved setting, the same on every machine."""
        text = json.dumps(self.resolved(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def variant(self, slug: str) -> "Scenario":
        """The variant's resolved setting: tables merge into the base's, lists and numbers replace.

        Raises ScenarioError for an unknown slug, or for keys that do not fit.
        """
        if slug not in self.variants:
            raise ScenarioError(f"{self.name}: " + unknown("variant", slug, list(self.variants) or ["(none)"]))
        data = self.model_dump(exclude_unset=True, exclude_none=True, exclude={"variants"})
        data = _as_variant(data, self.variants[slug], self)
        return from_dict(data, name=self.name, folder=self.folder, where=f"variants.{slug}")

    def with_(self, changes: Mapping[str, Any] | None = None, *, drop: Iterable[str] = ()) -> "Scenario":
        """A changed copy: ``with_({"leadership.hierarchy_norm": 0.2})``. Variants keep what they set themselves.

        ``changes``: dotted keys, or tables as in a file; tables merge into those here, everything else replaces.
        ``drop``: dotted keys to leave out first, such as "variants". Raises ScenarioError for keys that do not fit.
        """
        data = self.written()
        for key in drop:
            *tables_above, last = key.split(".")
            at = data
            for table in tables_above:
                at = at.get(table, {})
            at.pop(last, None)
        return from_dict(merged(data, tables(changes or {})), name=self.name, folder=self.folder)

    def around(self, people: str | None, links: str | None, survey: str | None = None) -> "Scenario":
        """The same setting on the organisation in these files, in place of the one it describes."""
        given = ("people", people), ("links", links), ("survey", survey)
        files = {key: path for key, path in given if path is not None}
        return self.with_({"organisation": files}, drop=[f"organisation.{key}" for key in GENERATED_ONLY])

    def unchanged(self, slug: str) -> bool:
        """Whether a variant is the same setting as this base, but for its words."""
        alike = Scenario.model_validate(_as_variant(self.written(), {}, self))
        return _setting(self.variant(slug)) == _setting(alike)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        problems = list(_contradictions(self))
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _contradictions(scenario: Scenario) -> Iterator[str]:
    changes = [(slug, event) for slug, event in scenario.events.items() if isinstance(event, Change)]
    wrong = [line for slug, event in changes for line in _wrong_changes(scenario, f"events.{slug}.set.", event.set)]
    if wrong:  # nothing below can be said before these are right
        yield from wrong
        return
    late = [(slug, event.month) for slug, event in scenario.events.items() if event.month >= scenario.months]
    for slug, month in late:
        yield f"events.{slug}.month = {month} is past the end: months = {scenario.months}"
    t, horizon = scenario.reference_month, scenario.measure.horizon
    if scenario.random_departures and scenario.measure.reference_month is None:
        if scenario.months <= horizon:
            yield f"months = {scenario.months} is too short: the horizon of {horizon} months needs a longer run"
    elif t + horizon > scenario.months and not late:
        yield (
            f"months = {scenario.months} is too short: the reference month {t} and the horizon of {horizon} months "
            f"need a run of at least {t + horizon} months"
        )
    if len(scenario.departures) > len(set(scenario.departures)):
        yield "events: the director leaves twice in the same month; keep one of the events, or disable one"
    setting = scenario.organisation
    if setting.imported:
        for key in GENERATED_ONLY:
            if key in setting.model_fields_set:
                yield f"organisation.{key}: only for a generated organisation; here people or links are read from files"
    elif setting.survey is not None:
        yield "organisation.survey: whose answers they are has to be said by a file of people: organisation.people"
    if setting.heads_of_service > setting.teams and not setting.imported:
        yield (
            f"organisation.heads_of_service = {setting.heads_of_service} is more than organisation.teams = "
            f"{setting.teams}; each head of service needs a team"
        )
    for name in scenario.seats:
        try:
            named_seat(name)
        except ValueError as error:
            yield f'seats."{name}": {error}'
    lead = setting.engagement_lead
    if lead and setting.coproduction != "direct":
        yield 'organisation.engagement_lead = true needs organisation.coproduction = "direct"'
    for slug, leaver in scenario.happening(PersonLeaves).items():
        if leaver.role == "engagement_lead" and not lead:
            yield f"events.{slug}: there is no engagement lead; set organisation.engagement_lead = true"
    if scenario.compared_with and scenario.variants:
        yield "compared_with: only in a variant, which it says to compare with another one than the first row"
    for slug, over in scenario.variants.items():
        other = over.get("compared_with", "")
        if other and (other == slug or other not in scenario.variants):
            names = [each for each in scenario.variants if each != slug]
            yield f"variants.{slug}.compared_with: " + unknown("variant", str(other), names or ["(none)"])
        if slug == "base" or not slug.replace("_", "").replace("-", "").isalnum():
            yield f"variants.{slug}: a variant's name is letters, digits, - and _, and not 'base'"


def named_seat(name: str) -> tuple[Role, int]:
    """The role and number that a seat's name means: ``middle_manager 3``; a name without a number means the first."""
    slug, _, number = name.strip().partition(" ")
    slugs = [role.slug for role in Role]
    if slug not in slugs:
        raise ValueError(unknown("role", slug, slugs))
    if number and not (number.isdecimal() and int(number) >= 1):
        raise ValueError(f"a role and a number counted from 1 are needed, such as {slug} 3")
    return Role[slug.upper()], int(number or 1)


def _wrong_changes(parameters: Parameters, where: str, changes: Mapping[str, Any]) -> list[str]:
    """What is wrong with a change event's parameters, a line each."""
    try:
        _with_changes(parameters, changes)
    except ValidationError as error:
        return [where + line for line in lines(error, Parameters, KINDS_OF_EVENT)]
    fixed = [key for key in ("enabled", "first_review", "review_every") if key in changes.get("subscription", {})]
    return [f"{where}subscription.{key}: cannot change part-way; see subscription_ends events" for key in fixed]


def _with_changes(parameters: Parameters, changes: Mapping[str, Mapping[str, Any]]) -> Parameters:
    data = parameters.model_dump(include=set(Parameters.model_fields))
    return Parameters.model_validate(merged(data, changes))


def _as_variant(data: Mapping[str, Any], over: Mapping[str, Any], base: Scenario | None) -> dict[str, Any]:
    """The tables of a variant: judged at the base's reference month unless it sets its own."""
    variant = merged({key: value for key, value in data.items() if key != "variants"}, over)
    if base is not None and not base.random_departures and "reference_month" not in variant.get("measure", {}):
        variant = merged(variant, {"measure": {"reference_month": base.reference_month}})
    return variant


# -- Reading ----------------------------------------------------------------------------------------------


def library() -> Path:
    """The folder of the scenarios that come with the package."""
    inside = Path(__file__).parent.parent / "library"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "scenarios"


def library_names() -> list[str]:
    """The names of the scenarios in the library, in alphabetical order."""
    return sorted(path.stem for path in library().glob("*.toml"))


def is_example(name: str) -> bool:
    """Whether this is one of the examples that come with the package, such as ``examples/millbrook``."""
    return name.startswith("examples/") and (library() / f"{name}.toml").is_file()


def load(scenario: str | Path) -> Scenario:
    """Read a scenario: a name from the library, or the path of a TOML file.

    Raises ScenarioError, whose message lists every mistake found, where it is and what would be accepted.
    """
    text = Path(scenario).as_posix()
    if is_example(text):
        return read(library() / f"{text}.toml")
    if not text.endswith(".toml") and "/" not in text and "\\" not in text:
        names = library_names()
        if text not in names:
            hint = " (a file of your own ends in .toml)" if not Path(text).exists() else ""
            raise ScenarioError(unknown("scenario", text, names) + hint)
        return read(library() / f"{text}.toml")
    return read(Path(scenario))


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises ScenarioError as ``load`` does, and for a file that sets nothing."""
    data = read_toml(path)
    if not any(value != {} for key, value in data.items() if key != "format"):
        raise ScenarioError(
            f"{path}: this file sets nothing. A scenario says at least one thing, such as an event or a parameter; "
            "start from one of the library (leadership-sim scenarios lists them)"
        )
    return from_dict(data, name=path.stem, folder=path.parent, where=str(path), check_variants=True)


def from_dict(
    data: Mapping[str, Any],
    *,
    name: str = "scenario",
    folder: Path = Path(),
    where: str = "",
    check_variants: bool = False,
) -> Scenario:
    """Make a scenario from the tables of a file. ``where`` opens each line of an error message.

    ``check_variants`` also resolves every variant, so that mistakes anywhere in a file are reported at once.
    """
    prefix = f"{where}: " if where else ""
    scenario, told = None, list[str]()
    try:
        scenario = Scenario.model_validate(dict(data))
        scenario._name, scenario._folder = name, folder
    except ValidationError as error:
        told += lines(error, Scenario, KINDS_OF_EVENT)
    if check_variants:
        told += list(_variant_mistakes(data, scenario, told))
    if scenario is None or told:
        raise ScenarioError("\n".join(prefix + line for line in told))
    return scenario


def _variant_mistakes(data: Mapping[str, Any], base: Scenario | None, told: list[str]) -> Iterator[str]:
    """The mistakes of the variants, without those of the base (None if it has any), which are ``told`` already."""
    variants = data.get("variants")
    if not isinstance(variants, Mapping) or not variants:
        return
    usual = _setting(Scenario.model_validate(_as_variant(data, {}, base))) if base is not None else None
    for slug, over in variants.items():
        if not isinstance(over, Mapping):
            continue
        try:
            variant = Scenario.model_validate(_as_variant(data, over, base))
        except ValidationError as error:
            yield from (
                f"variants.{slug}.{line}" for line in lines(error, Scenario, KINDS_OF_EVENT) if line not in told
            )
            continue
        if _setting(variant) == usual:
            yield f"variants.{slug}: changes nothing; a variant is the scenario with some keys replaced"


def _setting(scenario: Scenario) -> dict[str, Any]:
    kept = {
        key: value
        for key, value in scenario.resolved().items()
        if key not in ("title", "question", "labels", "compared_with")
    }
    return kept | {"files": (scenario.organisation.people, scenario.organisation.links)}


__all__ = ["Scenario", "ScenarioError", "from_dict", "library_names", "load", "read"]
