"""A finished run packed for a model library: its files, its scenario, what played it and how to play it again.

The form is BagIt 1.0 (RFC 8493): payload under ``data/``, every file with its SHA-256. It is written here, not by the
Library of Congress' ``bagit``: that one is kept, but moves a folder's files to make a bag where they lay, writes the
day's date and no archive, so what is left of this module with it would be as long. The same folder gives the same
bytes: there is no date, and nothing is compressed, since compression differs from machine to machine.
"""

import hashlib
import io
import json
import shlex
import shutil
import tempfile
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from sim.analysis.interventions.intervention import SET_ASIDE
from sim.analysis.interventions.reading import WHAT as INTERVENTIONS
from sim.analysis.interventions.reading import rebuilt
from sim.analysis.uncertainty.reading import read_worlds
from sim.base.errors import read_toml
from sim.base.version import VERSION
from sim.experiments.ensemble import BASE, settings
from sim.experiments.folder import PARTS, check_file, check_folder, check_is_folder, looking, sha256, why
from sim.experiments.reading import ACROSS, WHAT, check_tables, manifest_in, summary_of
from sim.report.numbers import count
from sim.report.save import git_state
from sim.report.words import robustness as across
from sim.report.words.comparison import answer
from sim.report.words.interventions import alone, combinations, together
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

NAMES = "people.csv"
"""The file that says whose id each seat is; a run writes it with ``--names`` only."""

PACKAGE = Path(__file__).parent.parent
ABOUT = ("LICENSE", "CITATION.cff", "codemeta.json")
"""Files about the software that are packed where the project has them."""

LINE = 79
"""RFC 8493: lines of a tag file should not be longer."""


@dataclass(frozen=True)
class Bag:
    """What was packed. path: the bag; files, size: how many files it holds under ``data/``, and bytes; left_out: of the
    run's files."""

    path: Path
    files: int
    size: int
    left_out: tuple[str, ...]


def pack(folder: Path, to: Path | None = None, *, names: bool = False, overwrite: bool = False) -> Bag:
    """Pack a finished run's folder: into ``to``, an archive if it ends in .zip, else a folder.

    Without ``to``: an archive beside the folder. ``names``: whether the file that says who holds which seat goes with
    it. Raises ScenarioError where the folder holds no finished run, or the bag is there already or cannot be written.
    """
    manifest, scenario = opened(folder)
    here = folder.resolve()
    to = (folder if folder.name else here).with_name(f"{here.name}-bag.zip") if to is None else to
    zipped = to.suffix.lower() == ".zip"
    if here == to.resolve() or here in to.resolve().parents:
        raise ScenarioError(f"{to}: lies in the folder that is to be packed; name a place beside it")
    if zipped:
        check_file(to, overwrite)
    else:
        check_folder(to, overwrite)
        if to.is_dir() and any(to.iterdir()) and not (to / "bagit.txt").is_file():
            raise ScenarioError(f"{to}: holds other things than a bag; choose another folder")
    found = {path.relative_to(here).as_posix(): path for path in sorted(here.rglob("*")) if _is_packed(path, here)}
    left_out = () if names or found.pop(NAMES, None) is None else (NAMES,)
    payload: dict[str, Path | bytes] = {f"data/results/{name}": path for name, path in found.items()}
    payload |= {f"data/software/{name}": text for name, text in _software(manifest).items()}
    said = "\n\n".join(_filled(each) for each in _readme(here, manifest, scenario, len(found), left_out))
    payload["data/README.md"] = f"{said}\n".encode()
    payload = dict(sorted(payload.items()))
    sizes = [len(each) if isinstance(each, bytes) else each.stat().st_size for each in payload.values()]
    tags = _tags(payload, sum(sizes), (_changed(manifest), *_described(here, manifest, scenario)))
    files: dict[str, Path | bytes] = {**tags, **payload}
    try:
        beside = to.absolute().parent
        beside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=beside) as near:
            made = Path(near) / to.name
            _zip(made, to.stem, files) if zipped else _lay(made, files)
            if to.is_dir():
                shutil.rmtree(to)
            made.replace(to)
    except OSError as error:
        raise ScenarioError(f"{to}: cannot be written ({why(error)}); nothing was kept") from None
    return Bag(to, len(payload), sum(sizes), left_out)


def opened(folder: Path) -> tuple[dict[str, Any], Scenario | None]:
    """The manifest of whatever a command finished in a folder, and its scenario, where it has one.

    Raises ScenarioError where there is none, or where the folder no longer holds what it says.
    """
    with looking(folder, "cannot be read"):
        check_is_folder(folder)
        for where in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
            if (where / PARTS).is_dir():
                raise ScenarioError(f"{folder}: not finished; go on with  leadership-sim resume {where}")
        if not (folder / "manifest.json").is_file():
            raise ScenarioError(f"{folder}: not the folder of a finished run: there is no manifest.json in it")
    manifest = manifest_in(folder)
    if not str(manifest["what"]).startswith("leadership-sim ") or not isinstance(manifest.get("results_sha256"), dict):
        raise ScenarioError(f"{folder / 'manifest.json'}: not by leadership-sim: {manifest['what']!r}")
    check_tables(folder, manifest)
    scenario = _scenario(folder, manifest)
    if scenario is not None and scenario.hash() != manifest["scenario_sha256"]:
        raise ScenarioError(f"{folder}: scenario.toml: not as the run wrote it; run it again, or put it back")
    return manifest, scenario


def _scenario(folder: Path, manifest: Mapping[str, Any]) -> Scenario | None:
    """What was run, by what the folder holds alone; None where a command has no scenario."""
    if "scenario" not in manifest:
        return None
    path = folder / "scenario.toml"
    return from_dict(read_toml(path), name=manifest["scenario"]["name"], folder=folder, where=str(path))


def _is_packed(path: Path, folder: Path) -> bool:
    """A file of the folder's own: nothing hidden, and nothing that lies elsewhere."""
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.is_file() and not path.is_symlink() and not hidden and path.resolve().is_relative_to(folder)


# -- What is written beside the results -----------------------------------------------------------------------


def _software(manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """What played it: names, versions and hashes; the licence and how to cite it. No copy of it."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    lines = [f"{sha256(path)}  {path.relative_to(PACKAGE).as_posix()}\n" for path in files]
    about = {
        "name": "leadership-sim",
        "description": _metadata("Summary"),
        "license": _metadata("License-Expression"),
        "run_with": manifest["versions"],
        "run_from": manifest["git"],
        "run_with_model_sha256": manifest.get("model_sha256"),
        "packed_with": VERSION,
        "package_sha256": hashlib.sha256("".join(lines).encode("utf-8")).hexdigest(),
        "package_sha256_of": "the lines of files.sha256, a line for every file of the installed package sim",
    }
    out = {
        "software.json": (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode("utf-8"),
        "files.sha256": "".join(lines).encode("utf-8"),
    }
    out |= {name: text.encode("utf-8") for name in ABOUT if (text := _about(name))}
    return out


def _about(name: str) -> str:
    """A file of the project about itself: of the copy this is run from, or as it was installed; "" for none."""
    root = PACKAGE.parent
    if (root / "pyproject.toml").is_file() and (root / name).is_file():
        return (root / name).read_text(encoding="utf-8")
    try:
        return metadata.distribution("leadership-sim").read_text(f"licenses/{name}") or ""
    except metadata.PackageNotFoundError:
        return ""


def _metadata(key: str) -> str:
    try:
        return str(metadata.metadata("leadership-sim").get(key, ""))
    except metadata.PackageNotFoundError:
        return ""


def _described(folder: Path, manifest: Mapping[str, Any], scenario: Scenario | None) -> tuple[str, str]:
    """What was asked, and the answer in a sentence, "" where the folder's kind has none."""
    if scenario is None:
        return str(manifest["what"]), ""
    asked = scenario.words.say(scenario.question or scenario.title)
    if manifest["what"] == ACROSS:
        return asked, scenario.words.say(across.answer(read_worlds(folder)))
    if manifest["what"] == INTERVENTIONS:
        found = rebuilt(scenario, folder, manifest)
        said = [next(alone(found)), next(combinations(found)), next(together(found), "")]
        return f"{asked} And what would help?", scenario.words.say(" ".join(said).strip())
    if manifest["what"] != WHAT:
        return asked, ""
    run = summary_of(folder, manifest, settings(scenario, list(manifest["variants"])))
    return asked, scenario.words.say(answer(run))


def _changed(manifest: Mapping[str, Any]) -> str:
    """What was changed of the model for this run, in a sentence; empty where nothing was."""
    if people := manifest.get("changed_agents"):
        return (
            f"This was not run with the model as it is: people were changed by code of one's own ({', '.join(people)})."
        )
    if manifest.get("model_changed"):
        return "This was not run with the model as it is: rules were changed in the code."
    return ""


def command(manifest: Mapping[str, Any], scenario: Scenario | None) -> str:
    """What to type for the same numbers, from the folder of the results; "" where the manifest alone does not say."""
    seed = f"--seed {manifest.get('root_seed')}"
    futures = f"--futures {manifest.get('futures')}"
    match str(manifest["what"]).removeprefix("leadership-sim ").split():
        case ["comparison", "of", "variants", "on", *_]:
            if manifest["first_future"] or manifest["changed_agents"] or manifest["own_outcomes"]:
                return ""
            return run_again(manifest, scenario)
        case ["comparison", *_] if manifest["worlds_from"] == "plausible":
            worlds = f"--worlds plausible --max-worlds {len(manifest['worlds'])}"
            return f"leadership-sim run scenario.toml {worlds} {futures} {seed}"
        case ["replay", *_]:
            return f"leadership-sim run scenario.toml --replay {manifest['future']} {seed}{_chosen(manifest, scenario)}"
        case ["interventions:", *_]:
            aside = "".join(f" --exclude {slug}" for slug, said in manifest["left_out"].items() if said == SET_ASIDE)
            pairs = " --pairs" if manifest["pairs"] else ""
            return f"leadership-sim interventions scenario.toml {futures} {seed}{aside}{pairs}"
        case ["search", *_]:
            return f"leadership-sim calibrate --points {manifest['settings']} {futures} {seed}"
        case ["validation:", *_]:
            return f"leadership-sim validate {futures} --points {manifest['points']} {seed}"
    return ""


def run_again(manifest: Mapping[str, Any], scenario: Scenario | None, file: str = "scenario.toml") -> str:
    """What to type for a run's numbers, from the scenario that it wrote."""
    twin = "" if manifest["implementation"] == "compiled" else f" --engine {manifest['implementation']}"
    asked = f"--futures {manifest['futures']} --seed {manifest['root_seed']}{_chosen(manifest, scenario)}{twin}"
    return f"leadership-sim run {file} {asked}"


def _chosen(manifest: Mapping[str, Any], scenario: Scenario | None) -> str:
    """The options that name the variants of a run; "" for all of them."""
    played, all_of = manifest["variants"], {} if scenario is None else scenario.variants
    if set(played) == set(all_of):
        return ""
    return "".join(f" --variant {shlex.quote(slug)}" for slug in played or [BASE])


def _readme(
    folder: Path, manifest: Mapping[str, Any], scenario: Scenario | None, files: int, left_out: tuple[str, ...]
) -> Iterator[str]:
    """The description, in paragraphs of Markdown."""
    asked, answer = _described(folder, manifest, scenario)
    yield f"# {asked}"
    if changed := _changed(manifest):
        yield changed
    yield answer or f"What this holds: {str(manifest['what']).removeprefix('leadership-sim ')}."
    yield (
        "A simulation to think with, not a prediction about any real organisation. It shows what follows from stated "
        "assumptions, which rest on one qualitative study (Miller et al. 2025, doi:10.1093/bjsw/bcaf070)."
    )
    yield "## How to get the same numbers"
    then = _told(manifest["versions"]["leadership-sim"], manifest["git"])
    yield (
        f"It was run with {then} on Python {manifest['versions']['python']}; `software/software.json` has the other "
        "versions."
    )
    yield (
        "Where `pip install leadership-sim` finds none, ask whoever sent you this for the software: its folder, in "
        "which `python -m pip install uv && python -m uv run leadership-sim` installs and runs it, or its wheel. "
        "`software/files.sha256` tells whether what you have is the same."
    )
    if (now := _told(VERSION, git_state())) != then:
        yield f"It was packed with {now}: `software/files.sha256` lists the files of that one."
    if changed:
        yield "What was changed is not in this bag; put it beside it, or nobody else can get these numbers."
    elif typed := command(manifest, scenario):
        yield "In a copy of `results/`, with leadership-sim installed, type"
        yield f"    {typed}"
    else:
        yield "`results/manifest.json` says with what settings: more than one line could tell."
    if manifest.get("files_sha256"):
        yield (
            "The organisation was read from files. They are here only if they lay among the results; "
            "`results/scenario.toml` names them, and `results/manifest.json` has their hashes. Look through the former "
            "before you hand this on: names of files and job titles may stand in it."
        )
    if scenario is not None and (scenario.labels or "").endswith(".toml"):
        yield "The organisation's own words for roles lie in a file that is not here; `results/scenario.toml` names it."
    yield "## What is here"
    yield (
        f"`results/`: {count(files, 'file')}. `scenario.toml` has what was asked, and `manifest.json` the scenario as "
        "resolved, the seed, versions and hashes. The data dictionary of leadership-sim "
        "(docs/data-dictionary.md) says what each column means."
    )
    yield "`software/`: which software it was, the hash of each of its files, its licence, and how to cite it."
    yield "The model is described in docs/odd.md of leadership-sim, “The model, in the ODD protocol”."
    for name in left_out:
        yield f"Left out: `{name}`, which says whose id each seat is."
    yield "## Licence"
    yield (
        f"The software: {_metadata('License-Expression') or 'see software/LICENSE'}. The results: whoever publishes "
        "them chooses; nobody has chosen yet. Nothing has been registered anywhere, so there is no address to cite."
    )


def _filled(paragraph: str) -> str:
    """A paragraph on lines of their length; a heading and what is to be typed stay as they are."""
    return paragraph if paragraph.startswith(("#", "    ")) else textwrap.fill(paragraph, 100, break_on_hyphens=False)


def _told(version: str, git: Mapping[str, Any]) -> str:
    """Which software it is, in words."""
    commit = f", commit {git['commit']}" if git.get("commit") else ""
    return f"leadership-sim {version}{commit}{' with changes that are in no commit' * bool(git.get('dirty'))}"


# -- The form: BagIt 1.0 --------------------------------------------------------------------------------------


def _tags(payload: Mapping[str, Path | bytes], size: int, described: tuple[str, ...]) -> dict[str, bytes]:
    """The tag files, by name."""
    info = {
        "Bag-Software-Agent": f"leadership-sim {VERSION}",
        "External-Description": " ".join(described).strip(),
        "Payload-Oxum": f"{size}.{len(payload)}",
    }
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{_folded(f'{name}: {told}')}\n" for name, told in info.items()),
        "manifest-sha256.txt": listing(payload),
    }
    out = {name: text.encode("utf-8") for name, text in tags.items()}
    return out | {"tagmanifest-sha256.txt": listing(out).encode("utf-8")}


def _folded(text: str) -> str:
    """A value on several lines, those after the first set in."""
    return "\n".join(textwrap.wrap(text, LINE, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))


def listing(files: Mapping[str, Path | bytes]) -> str:
    """A line for every file: its SHA-256 and its name, in which RFC 8493 has three signs encoded."""
    encoded = {"%": "%25", "\n": "%0A", "\r": "%0D"}
    lines = []
    for name, content in files.items():
        found = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else sha256(content)
        lines.append(f"{found}  {''.join(encoded.get(sign, sign) for sign in name)}\n")
    return "".join(lines)


def _stream(content: Path | bytes) -> IO[bytes]:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _zip(path: Path, top: str, files: Mapping[str, Path | bytes]) -> None:
    """One archive with one folder in it, the same bytes on every machine and day."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{top}/{name}")
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            with closing(_stream(content)) as source, archive.open(entry, "w", force_zip64=True) as sink:
                shutil.copyfileobj(source, sink)


def _lay(folder: Path, files: Mapping[str, Path | bytes]) -> None:
    """The same as a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_stream(content)) as source, path.open("wb") as sink:
            shutil.copyfileobj(source, sink)
