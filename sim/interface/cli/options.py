"""The options that commands share, and what is read from them."""

import atexit
import tomllib
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import wraps
from inspect import Signature, signature
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sim.scenario.scenario import Scenario, ScenarioError, library_names, load

MOST = 1_000_000_000

Engine = Literal["compiled", "mesa"]
"""Which of the twins runs."""


def named(typed: str) -> list[str]:
    """Names from the library that begin as what was typed, for the shell to complete."""
    return [name for name in library_names() if name.startswith(typed)]


ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A name from the library, or the path of a TOML file.", autocompletion=named
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key, e.g. permission.pressure=0.3. May be repeated."),
]
People = Annotated[
    Path | None,
    typer.Option(
        readable=False,  # whoever reads it says where it cannot be, and quotes no name that may be a person's
        help="The people of a real organisation (CSV, Excel, GraphML, ...), instead of a generated one.",
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(metavar="NAME|FILE", help="Other words for roles and links: hospital, school, or a TOML file."),
]
Twin = Annotated[
    Engine, typer.Option("--engine", help="compiled is fast; mesa is the model to read, slower, with the same numbers.")
]
Processes = Annotated[
    int | None,
    typer.Option(min=1, max=1024, help="How many processes to use. Default: as many as pay off on this machine."),
]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Use a Dask scheduler instead, e.g. tcp://host:8786.")
]
WORLDS = typer.Option(
    "--worlds",
    metavar="plausible|FILE.csv",
    help="Ask in many plausible worlds: the package's own, or the settings.csv that calibrate wrote.",
)
Worlds = Annotated[str | None, WORLDS]
MaxWorlds = Annotated[int | None, typer.Option("--max-worlds", help="How many of those worlds to use. Default: 100.")]
Folder = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="The folder to write to. Default: a new one in results/."),
]
Seed = Annotated[int, typer.Option(min=0, max=MOST, help="The same seed gives the same futures.")]
OverwriteFolder = Annotated[
    bool,
    typer.Option("--overwrite", help="Write even if DIR is not empty. A page made of its former results is removed."),
]
SeedOrUsual = Annotated[
    int | None,
    typer.Option(min=0, max=MOST, help="The same seed gives the same futures. Default: 1; 2 with --worlds."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is already there.")]
Variant = Annotated[
    str | None, typer.Option(metavar="SLUG", help="Ask about this variant instead of the scenario itself.")
]
Links = Annotated[
    Path | None, typer.Option(readable=False, help="The links between those people (CSV, GraphML, GEXF, ...).")
]
Survey = Annotated[
    Path | None,
    typer.Option(readable=False, help="What a survey knows of those people: commitment, practice, values, leadership."),
]
As = Annotated[
    list[str] | None,
    typer.Option("--as", metavar="COLUMN=MEANING", help="What a column of the files is, e.g. Boss=manager_id."),
]


def setting_of(
    scenario: ScenarioName,
    months: int | None = None,
    set_: Set = None,
    variant: Variant = None,
    people: People = None,
    links: Links = None,
    survey: Survey = None,
    as_: As = None,
    labels: Labels = None,
) -> Scenario:
    """Read a scenario, or a variant of it, with all that the command line sets; say which of that has no effect."""
    setting = load(scenario)
    if people is not None or links is not None or survey is not None:
        setting = setting.around(*(None if p is None else str(p.absolute()) for p in (people, links, survey)))
    changes = assignments(set_) | columns(as_)
    if months is not None:
        changes["months"] = months
    changes |= labels_of(labels)
    setting = setting.with_(changes) if changes else setting
    note_events(setting, changes)
    _ = setting.words  # so that a mistake in the labels is told before anything is run
    return setting if variant in (None, "base") else setting.variant(str(variant))


OWN = ("people", "links", "survey", "as_", "labels")
"""Options of ``setting_of`` for an organisation of one's own, and its words."""


def of_scenario[R](*names: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Let a command that takes a scenario be typed with a scenario's name and these options of ``setting_of``.

    An option that the command has itself goes to both.
    """

    def typed(command: Callable[..., R]) -> Callable[..., R]:
        _, *own = signature(command).parameters.values()
        known, mine = signature(setting_of).parameters, {each.name for each in own}

        @wraps(command)
        def of_name(**given: Any) -> R:
            setting = setting_of(given.pop("scenario"), **{name: given[name] for name in names})
            return command(setting, **{name: given[name] for name in mine})

        every = [known["scenario"], *own, *(known[name] for name in names if name not in mine)]
        of_name.__annotations__ = {each.name: each.annotation for each in every}
        vars(of_name)["__signature__"] = Signature(every)
        return of_name

    return typed


def note_events(setting: Scenario, keys: Iterable[str]) -> None:
    """Say which keys an event overrules."""
    for key in keys:
        table, _, name = key.partition(".")
        for slug, event in setting.events.items():
            if table == "succession" and getattr(event, name, None) is not None:
                typer.echo(f"Note: {key} has no effect on events.{slug}, which sets its own {name}.", err=True)


def labels_of(labels: str | None) -> dict[str, str]:
    """The labels option as a key to set."""
    if labels is None:
        return {}
    return {"labels": str(Path(labels).absolute()) if labels.endswith(".toml") else labels}


def assignments(set_: list[str] | None) -> dict[str, Any]:
    """KEY=VALUE words as keys and values, read as in a scenario file or, if that fails, as a person means them."""
    from sim.scenario.fields import fields

    changes: dict[str, Any] = {}
    for word in set_ or []:
        key, equals, text = word.partition("=")
        key = key.strip()
        if not equals or not all(key.split(".")):
            raise ScenarioError(f"--set {word}: KEY=VALUE is needed, e.g. leadership.hierarchy_norm=0.5")
        meant = [full for full, _ in fields() if full.endswith(f".{key}")]
        if "." not in key and meant and key not in Scenario.model_fields:
            raise ScenarioError(f"--set {word}: unknown key {key!r}; did you mean {' or '.join(meant)}?")
        if key.split(".")[0] == "variants":
            raise ScenarioError(
                f"--set {word}: only the scenario's own keys can be set here; change a variant's in its file"
            )
        try:
            changes[key] = tomllib.loads(f"value = {text}")["value"]
        except (tomllib.TOMLDecodeError, KeyError):
            changes[key] = _meant(text)
    return changes


def columns(as_: list[str] | None) -> dict[str, Any]:
    """COLUMN=MEANING words as a table to set."""
    pairs = [word.rpartition("=") for word in as_ or []]
    for word, (column, _, meaning) in zip(as_ or [], pairs, strict=True):
        if not column.strip() or not meaning.strip():
            raise ScenarioError(f"--as {word}: COLUMN=MEANING is needed, e.g. Boss=manager_id")
    return {"organisation": {"columns": {c.strip(): m.strip() for c, _, m in pairs}}} if pairs else {}


def worlds_and_seed(worlds: str | None, max_worlds: int | None, seed: int | None) -> tuple[int, int]:
    """In how many worlds to ask, and from which seed. Raises ScenarioError for ``--max-worlds`` alone."""
    if worlds is None:
        if max_worlds is not None:
            raise ScenarioError("--max-worlds needs --worlds as well; add  --worlds plausible")
        return 0, 1 if seed is None else seed
    from sim.analysis.uncertainty import robustness

    return robustness.WORLDS if max_worlds is None else max_worlds, robustness.SEED if seed is None else seed


def folder_or_new(out: Path | None, *words: str) -> Path:
    """The folder asked for, or a new one: results/WORDS-DATE-TIME, numbered if another command took that name first.

    A new one goes again if the command ends without writing to it. Raises ScenarioError if it cannot be made.
    """
    if out is not None:
        return out
    name = "-".join((*words, f"{datetime.now():%Y-%m-%d-%H%M%S}"))
    for number in count(1):
        folder = Path("results") / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
            break
        except FileExistsError:
            continue
        except OSError as error:
            raise ScenarioError(f"{folder}: cannot be written ({error.strerror})") from None
    atexit.register(_drop_empty, folder.absolute())
    return folder


def _drop_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
        folder.parent.rmdir()


def _meant(text: str) -> Any:
    """A value that is not TOML, as a person means it: ``True`` and ``.5``, or else a plain word."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text


def variants_of(setting: Scenario, chosen: list[str] | None) -> list[str]:
    """The variants asked for, with those that they are compared with, without those that change nothing here."""
    slugs = [slug for slug in chosen if slug != "base"] if chosen else list(setting.variants)
    for slug in list(slugs):
        other = setting.variants.get(slug, {}).get("compared_with", slug)
        if other not in slugs:
            slugs.insert(slugs.index(slug), other)
            typer.echo(f"Variant {other} is played too, because {slug} is compared with it.", err=True)
    same = [slug for slug in slugs if setting.unchanged(slug)]
    for slug in same:
        typer.echo(f"Variant {slug} is left out: with these settings it is the same as the base.", err=True)
    return [slug for slug in slugs if slug not in same]
