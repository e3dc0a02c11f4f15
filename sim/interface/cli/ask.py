"""A conversation of five questions that ends in a sheet for a director: ask."""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli import options, questions
from sim.interface.cli.finish import play_run
from sim.interface.cli.output import note
from sim.interface.cli.progress import begun
from sim.scenario.scenario import Scenario, from_dict, load

if TYPE_CHECKING:
    from sim.organisation.structure import Organisation

PLACES = ("a council", "a hospital", "a school")
"""Typical organisations: the generated one, in the words of each."""

FOLLOWERS: Sequence[tuple[str, str, dict[str, Any]]] = (
    ("whoever can be found, after nine months with a deputy", "whoever can be found follows", {}),
    ("somebody who believes in the change", "a believer in the change follows", {"successor_commitment": 0.7}),
    ("a sceptic", "a sceptic follows", {"successor_commitment": 0.2}),
    ("the deputy, promoted", "the deputy is promoted", {"promoted": True}),
    (
        "somebody prepared from within, without a gap",
        "a prepared successor follows",
        {"continuity": 0.8, "vacancy": 0},
    ),
)
"""Who may follow: as the question puts it, as a title puts it, and what it sets of the departure."""

MEASURES = (
    "continuity", "norm", "champions", "induction", "written_down", "back_office", "keep_managers", "seat",
    "programme_kept",
)  # fmt: skip
"""What a leadership team most often has in mind, by the names that ``interventions`` has for it."""

SURE = (
    ("a first look: 100 futures, 50 sets of guesses", 100, 50),
    ("sure: 400 futures, 63 sets of guesses", 400, 63),
)
"""How sure one may want to be: as the question puts it, futures, and plausible worlds."""

USUAL, AFTER, MOST = 36, 120, 300
"""The month in which a director goes if nothing else is said; for how many months things are followed then; and so many
months may be said, at most."""


def ask(
    out: options.Folder = None,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Answer five questions about your organisation, and get one sheet for its director."""
    where, around = _where()
    begun_ = _answer("2. For how many months has the change been under way? (0: it begins now)", "0", _months)
    leaves = _answer("   In how many months from now does the director go? (never, if not at all)", str(USUAL), _month)
    month = begun_ + leaves if leaves else 0
    who = _one_of("3. Who follows?", [words for words, _, _ in FOLLOWERS]) if month else 0
    setting = _scenario(where, around, month, who)
    setting = setting.with_({"variants": setting.variants | _measures(setting, begun_)})
    sure = _one_of("5. How sure must you be?", [words for words, _, _ in SURE])
    folder = options.folder_or_new(out, "ask")
    file = folder.with_name(f"{folder.name}.toml")
    if file.exists() and not overwrite:
        raise ScenarioError(f"{file}: there is a scenario there already; add --overwrite to replace it")
    _write(setting, file)
    note(f"\nYour question is in {file}: change it there, and ask again with  leadership-sim run {file}")
    _, futures, worlds = SURE[sure]
    played = load(file)
    with begun(
        "run", played, folder, overwrite, workers, futures=futures, seed=1, keep="months", names=False, picture=True,
        variants=options.variants_of(played, None), changes=[],
    ) as (store, crew):  # fmt: skip
        play_run(store, crew, played)
    questions.report(folder, max_worlds=worlds, from_=begun_, overwrite=overwrite, workers=workers)
    if sys.stdin.isatty() and sys.stdout.isatty():
        typer.launch(str((folder / "report.html").absolute()))


def _where() -> "tuple[dict[str, Any], list[str | None]]":
    """The first question: words of a typical organisation, or files of one's own."""
    kinds = "\n".join(f"   {i}  {place}" for i, place in enumerate(PLACES, 1))
    own = "or the name of a file with your people (CSV, Excel, GraphML, ...)"
    question = f"1. Your own organisation, or a typical one?\n{kinds}\n   {own}\n  "

    def read(said: str) -> "tuple[dict[str, Any], list[str | None]]":
        if said in map(str, range(1, len(PLACES) + 1)):
            words = PLACES[int(said) - 1].split()[1]
            return ({} if said == "1" else {"labels": words}), []
        people = Path(said).expanduser()
        if not people.is_file():
            raise ScenarioError(f"{said}: there is no such file; answer 1, 2 or 3, or name a file")
        files: list[str | None] = [str(people.absolute())]
        _read([*files, None, None])  # so that what is wrong with it is told here
        return {}, files

    where, around = _answer(question, "1", read)
    if not around:
        return where, around

    def linked(said: str) -> list[str | None]:
        links = Path(said).expanduser()
        if said and not links.is_file():
            raise ScenarioError(f"{said}: there is no such file; press return if you have none")
        files = [*around, str(links.absolute()) if said else None, None]
        _read(files)
        return files

    files = _answer("   A file of who works with whom? (return: none)", "", linked)
    question = "   Which job titles are back office? Words in them, such as  finance, HR, payroll  (return: none)"
    where |= _answer(question, "", lambda said: _back_office(files, said))
    _describe(files, where)
    return where, files


def _read(files: list[str | None], where: dict[str, Any] | None = None) -> "tuple[Organisation, Scenario]":
    """A real organisation. Raises ScenarioError where it cannot be read."""
    from sim.organisation.generate import organisation

    setting = Scenario().around(*files).with_(where or {})
    return organisation(setting, 1, 0), setting


def _back_office(files: list[str | None], said: str) -> dict[str, Any]:
    """Roles for the job titles that hold one of some words. Raises ScenarioError where none does."""
    from sim.organisation.imported import reading

    words = [word.strip().lower() for word in said.split(",") if word.strip()]
    if not words:
        return {}
    setting = Scenario().around(*files)
    titles = reading(setting.organisation, setting.folder).roles
    found = {
        title: "back_office" for title in titles if any(re.search(rf"\b{re.escape(w)}", title.lower()) for w in words)
    }
    if not found:
        raise ScenarioError("no job title has one of these words; press return if there is no back office")
    return {"organisation": {"roles": found}}


def _describe(files: list[str | None], where: dict[str, Any]) -> None:
    """Say how a real organisation was read, and what was assumed."""
    from sim.report.words.scenario import seats_by_role

    found, setting = _read(files, where)
    typer.echo(f"   Read: {seats_by_role(found, setting.words)}.")
    for line in found.notes:
        typer.echo(f"   Assumed: {line}")


def _scenario(where: dict[str, Any], around: "list[str | None]", month: int, who: int) -> Scenario:
    """What happens, with what it is to be compared with whatever one has in mind."""
    _, title, terms = FOLLOWERS[who]
    departure = {"kind": "director_leaves", "month": month or USUAL, **terms, "enabled": bool(month)}
    variants: dict[str, Any] = {"stays": {"title": "The director stays", "events": {"departure": {"enabled": False}}}}
    if not month:
        variants = {"leaves": {"title": "The director leaves after all", "events": {"departure": {"enabled": True}}}}
    elif "sceptic" not in title:
        usual = {"promoted": False, "continuity": 0.0, "vacancy": 9}  # nobody was prepared, or promoted, then
        changed = {"successor_commitment": 0.2} | {key: usual[key] for key in terms if key in usual}
        variants["sceptic"] = {"title": "A sceptic follows", "events": {"departure": changed}}
    data = {
        "title": f"The director leaves, {title}" if month else "The director stays",
        "question": "If our director goes, does the change survive, and what would make it survive?",
        "months": (month or USUAL) + AFTER,
        "events": {"departure": departure},
        # Set here as well, so that a handover that is at its best already is not offered as a measure.
        "succession": {key: value for key, value in terms.items() if key in ("continuity", "vacancy")},
        "variants": variants,
    }
    setting = from_dict(data, name="ask")
    return (setting.around(*around) if around else setting).with_(where)


def _measures(setting: Scenario, now: int) -> dict[str, Any]:
    """The fourth question: each thing that one has in mind as a variant, from now on, and all together."""
    from sim.analysis.interventions.intervention import available, clash, combined

    at_hand = {each.slug: each for each in available(setting, 1, ())[0] if each.most}
    some = [at_hand[slug] for slug in MEASURES if slug in at_hand]
    listed = "\n".join(f"   {i}  {each.entry.title}" for i, each in enumerate(some, 1))

    def read(said: str) -> list[int]:
        numbers = [int(word) for word in re.findall(r"\d+", said)]
        if re.sub(r"[\d\s,;]|\band\b", "", said) or not all(1 <= number <= len(some) for number in numbers):
            raise ScenarioError(f"answer with numbers from 1 to {len(some)}, such as  1 3, or press return")
        return list(dict.fromkeys(numbers))

    question = (
        "4. What have you in mind to do? (numbers, such as 1 3; return: nothing yet; the sheet tries all of it anyway)"
    )
    chosen = [some[number - 1] for number in _answer(f"{question}\n{listed}\n  ", "", read)]
    variants = {each.slug: combined([(each, each.most)], now) | {"title": each.entry.title} for each in chosen}
    if len(chosen) > 1 and not any(clash(one, other) for one in chosen for other in chosen if one is not other):
        variants["together"] = combined([(each, each.most) for each in chosen], now) | {"title": "All of it together"}
    return variants


def _write(setting: Scenario, file: Path) -> None:
    """Write the scenario as a file that a person can read and change."""
    import tomli_w

    from sim.experiments.folder import looking, moved

    with looking(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(tomli_w.dumps(moved(setting, file.parent)), encoding="utf-8")


# -- Questions --------------------------------------------------------------------------------------------------------


def _answer[T](question: str, usual: str, read: Callable[[str], T]) -> T:
    """Ask until the answer can be read."""
    while True:
        said = typer.prompt(question, default=usual, show_default=bool(usual)).strip().strip("\"'")
        try:
            return read(said)
        except ScenarioError as error:
            typer.echo(f"   {error}")


def _one_of(question: str, answers: Sequence[str]) -> int:
    """Ask for one of some answers, the first being the usual one; its place."""
    listed = "\n".join(f"   {i}  {words}" for i, words in enumerate(answers, 1))

    def read(said: str) -> int:
        if said not in map(str, range(1, len(answers) + 1)):
            raise ScenarioError(f"answer with a number from 1 to {len(answers)}")
        return int(said) - 1

    return _answer(f"{question}\n{listed}\n  ", "1", read)


def _months(said: str) -> int:
    """So many months, or years."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(months?|years?)?", said.lower())
    months = float(found[1]) * (12 if (found[2] or "").startswith("year") else 1) if found else -1.0
    if not 0 <= months <= MOST:
        raise ScenarioError(f"answer with a number of months up to {MOST}, such as 36, or  3 years")
    return round(months)


def _month(said: str) -> int:
    """In how many months; 0 for never."""
    if said.lower() in ("never", "no", "not at all"):
        return 0
    if not (months := _months(said)):
        raise ScenarioError("answer with at least one month, or  never")
    return months
