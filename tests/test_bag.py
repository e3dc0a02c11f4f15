"""A finished run packed for a model library: the form (BagIt 1.0, RFC 8493), what is in it, and what never is."""

import hashlib
import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.analysis.interventions.run import try_interventions
from sim.experiments.jobs import model_print
from sim.interface.cli import app
from sim.model.agents import Practitioner
from sim.report.bag import listing, pack
from sim.report.words.comparison import answer
from sim.report.words.interventions import interventions_words

HELD = "Ada Lovelace"


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def done(small, tmp_path) -> Path:
    """The folder of a finished run."""
    return sim.save(sim.compare(small, 6, workers=1), tmp_path / "run", picture=False)


def unfolded(text: str) -> list[tuple[str, str]]:
    """The elements of a tag file: a label, a colon, a value; a line that is set in goes on with the one before."""
    lines: list[str] = []
    for line in text.splitlines():
        if line[:1] in " \t":
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return [(label, value.strip()) for label, _, value in (line.partition(":") for line in lines)]


def faults(bag: Path) -> list[str]:
    """What RFC 8493 finds wrong with a bag, read from its text and not from what wrote it."""
    wrong = []
    if (bag / "bagit.txt").read_bytes() != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        wrong.append("bagit.txt")
    payload = {path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file()}
    tags = {path.name for path in bag.iterdir() if path.is_file()} - {"tagmanifest-sha256.txt"}
    for manifest, files in (("manifest-sha256.txt", payload), ("tagmanifest-sha256.txt", tags)):
        listed = []
        for line in (bag / manifest).read_text(encoding="utf-8").split("\n")[:-1]:
            found = re.fullmatch(r"([0-9a-f]{64})[ \t]+(\S.*)", line)
            assert found, line
            name = re.sub("%(0A|0D|25)", lambda code: chr(int(code[1], 16)), found[2])
            listed.append(name)
            path = bag / name
            assert path.resolve().is_relative_to(bag.resolve())
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != found[1]:
                wrong.append(name)
        if sorted(listed) != sorted(files):
            wrong.append(manifest)
    info = dict(unfolded((bag / "bag-info.txt").read_text(encoding="utf-8")))
    if info["Payload-Oxum"] != f"{sum((bag / name).stat().st_size for name in payload)}.{len(payload)}":
        wrong.append("Payload-Oxum")
    return wrong


def test_a_bag_is_whole_and_lists_every_file_once(done, tmp_path):
    """As a folder and as an archive of one folder, which hold the same."""
    folder, archive = pack(done, tmp_path / "a-bag").path, pack(done).path
    assert archive == tmp_path / "run-bag.zip"
    with zipfile.ZipFile(archive) as file:
        assert {name.split("/")[0] for name in file.namelist()} == {"run-bag"}
        file.extractall(tmp_path / "out")
    assert faults(folder) == faults(tmp_path / "out" / "run-bag") == []
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "out" / "run-bag" / path.relative_to(folder)).read_bytes()


@pytest.mark.parametrize("name", ["data/results/summary.csv", "data/README.md", "bag-info.txt", "manifest-sha256.txt"])
def test_a_flipped_bit_is_noticed(name, done, tmp_path):
    """In what was packed, and in what describes it."""
    bag = pack(done, tmp_path / "bag").path
    content = bytearray((bag / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bag / name).write_bytes(bytes(content))
    assert name in faults(bag)


def test_a_file_too_many_or_too_few_is_noticed(done, tmp_path):
    """The list is complete."""
    bag = pack(done, tmp_path / "bag").path
    (bag / "data" / "more.txt").write_text("more", encoding="utf-8")
    assert faults(bag) == ["manifest-sha256.txt", "Payload-Oxum"]
    (bag / "data" / "more.txt").unlink()
    (bag / "data" / "results" / "summary.csv").unlink()
    assert {"data/results/summary.csv", "manifest-sha256.txt"} <= set(faults(bag))


def test_the_same_folder_gives_the_same_bytes(done, tmp_path):
    """Whenever it is packed, and wherever the folder lies."""
    first = pack(done).path.read_bytes()
    with zipfile.ZipFile(tmp_path / "run-bag.zip") as file:
        assert {(entry.date_time, entry.compress_type) for entry in file.infolist()} == {((1980, 1, 1, 0, 0, 0), 0)}
    for path in done.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert pack(done, overwrite=True).path.read_bytes() == first
    shutil.copytree(done, tmp_path / "elsewhere" / "run")
    assert pack(tmp_path / "elsewhere" / "run").path.read_bytes() == first


def test_names_with_signs_of_their_own_are_listed_as_the_standard_asks(done, tmp_path):
    """A percent sign and an end of line are encoded, and nothing else is."""
    (done / "50% more – ü.txt").write_text("so", encoding="utf-8")
    bag = pack(done, tmp_path / "bag").path
    assert faults(bag) == []
    assert "data/results/50%25 more – ü.txt\n" in (bag / "manifest-sha256.txt").read_text(encoding="utf-8")
    assert listing({"data/a\nb\rc": b""}) == f"{hashlib.sha256(b'').hexdigest()}  data/a%0Ab%0Dc\n"


def test_a_bag_holds_the_run_the_software_and_what_to_type(done, tmp_path):
    """Every file of the run as it is; question, answer, versions and licence; and the command gives the same table."""
    bag = pack(done, tmp_path / "bag").path
    data = bag / "data"
    for path in done.iterdir():
        assert (data / "results" / path.name).read_bytes() == path.read_bytes()
    told = " ".join((data / "README.md").read_text(encoding="utf-8").split())
    assert told.startswith("# Small ")
    assert answer(sim.compare(done / "scenario.toml", 6, workers=1)) in told
    assert f"leadership-sim {sim.__version__}" in told
    assert "The software: MIT." in told
    software = json.loads((data / "software" / "software.json").read_text(encoding="utf-8"))
    manifest = json.loads((done / "manifest.json").read_text(encoding="utf-8"))
    assert (software["run_with"], software["run_from"]) == (manifest["versions"], manifest["git"])
    listed = (data / "software" / "files.sha256").read_bytes()
    assert hashlib.sha256(listed).hexdigest() == software["package_sha256"]
    rules = Path(sim.__file__).parent / "model" / "rules.py"
    assert f"{hashlib.sha256(rules.read_bytes()).hexdigest()}  model/rules.py\n" in listed.decode("utf-8")
    assert (data / "software" / "LICENSE").is_file()
    (command,) = re.findall(r"^    leadership-sim (.+)$", (data / "README.md").read_text(encoding="utf-8"), flags=re.M)
    words = command.replace("scenario.toml", str(data / "results" / "scenario.toml")).split()
    again = call(*words, "--out", tmp_path / "again", "--no-picture", "--workers", 1)
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "again" / "summary.csv").read_bytes() == (done / "summary.csv").read_bytes()


def test_what_a_bag_says_of_itself_fits_the_standard(done, tmp_path):
    """Lines of at most 79 letters; no date and no address."""
    info = (pack(done, tmp_path / "bag").path / "bag-info.txt").read_text(encoding="utf-8")
    assert max(map(len, info.splitlines())) <= 79
    assert [label for label, _ in unfolded(info)] == ["Bag-Software-Agent", "External-Description", "Payload-Oxum"]
    assert dict(unfolded(info))["External-Description"].startswith("Small With “Small”")


def test_a_run_of_the_scenario_without_its_variants_is_to_be_run_so_again(small, tmp_path):
    """What to type names the base; without that it would play all variants."""
    folder = sim.save(sim.compare(small, 2, variants=[], workers=1), tmp_path / "run")
    said = (pack(folder, tmp_path / "bag").path / "data" / "README.md").read_text(encoding="utf-8")
    assert "    leadership-sim run scenario.toml --futures 2 --seed 1 --variant base\n" in said


def test_a_bag_of_a_search_for_interventions_opens_with_what_helps(small, few_interventions, tmp_path):
    """In the sentences that the command prints, and with what to type for the same."""
    found = try_interventions(small, 10, workers=1)
    said = (pack(sim.save(found, tmp_path / "search"), tmp_path / "bag").path / "data" / "README.md").read_text("utf-8")
    first = next(" ".join(line.split()) for line in interventions_words(found))
    assert first.startswith("As things are (“Small”), the change survives at one year in ")
    assert first in " ".join(said.split())
    assert "    leadership-sim interventions scenario.toml --futures 10 --seed 1\n" in said


class Braver(Practitioner):
    """Leaves all as it is."""


@pytest.mark.parametrize("what", ["people", "rules"])
def test_what_was_run_with_a_changed_model_says_so_first_and_gives_no_command(small, tmp_path, monkeypatch, what):
    """In the description's first lines and in bag-info.txt: who types the command would get other numbers."""
    monkeypatch.setattr("sim.report.save.is_stale", lambda: what == "rules")
    agents = [Braver] if what == "people" else []
    folder = sim.save(sim.compare(small, 2, workers=1, agents=agents), tmp_path / "run")
    bag = pack(folder, tmp_path / "bag").path
    said = (bag / "data" / "README.md").read_text(encoding="utf-8")
    first = "This was not run with the model as it is: "
    assert said.split("\n\n")[1].startswith(first)
    assert dict(unfolded((bag / "bag-info.txt").read_text(encoding="utf-8")))["External-Description"].startswith(first)
    assert ("Braver" in said) == (what == "people")
    assert "leadership-sim run" not in said
    assert "What was changed is not in this bag" in said
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    software = json.loads((bag / "data" / "software" / "software.json").read_text(encoding="utf-8"))
    assert software["run_with_model_sha256"] == manifest["model_sha256"] == model_print()


@pytest.fixture
def real(tmp_path) -> Path:
    """The folder of a run of a real organisation, made with --names."""
    lines = ["id,role,manager", f"{HELD},director,", f"Mary Somerville,middle manager,{HELD}"]
    lines += [f"Person {i},practitioner,Mary Somerville" for i in range(4)]
    people = tmp_path / "staff.csv"
    people.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "real"
    run = ("run", "director-turnover", "--variant", "stays", "--people", people, "--futures", 1, "--names")
    made = call(*run, "--out", out, "--no-picture", "--workers", 1)
    assert made.exit_code == 0, made.stderr
    return out


def test_nobody_is_named_in_a_bag_unless_that_is_asked_for(real, tmp_path):
    """people.csv is left out, which is said; no byte of the bag has a name. With --names it is there."""
    said = call("bag", real, "--out", tmp_path / "bag")
    assert said.exit_code == 0, said.stderr
    assert "Left out: people.csv" in said.stdout
    for path in (tmp_path / "bag").rglob("*"):
        assert path.is_dir() or HELD.encode() not in path.read_bytes(), path
    assert "Left out: `people.csv`" in (tmp_path / "bag" / "data" / "README.md").read_text(encoding="utf-8")
    named = call("bag", real, "--names")
    assert "Warning: people.csv in the bag names the people" in named.stdout
    with zipfile.ZipFile(tmp_path / "real-bag.zip") as file:
        assert HELD in file.read("real-bag/data/results/people.csv").decode("utf-8")


def test_nothing_hidden_and_nothing_from_elsewhere_is_packed(done, tmp_path):
    """A link to a file outside is not followed."""
    (tmp_path / "salaries.csv").write_text("secret", encoding="utf-8")
    (done / "link.csv").symlink_to(tmp_path / "salaries.csv")
    (done / ".hidden").write_text("secret", encoding="utf-8")
    bag = pack(done, tmp_path / "bag").path
    assert faults(bag) == []
    assert all(path.is_dir() or b"secret" not in path.read_bytes() for path in bag.rglob("*"))


def test_whatever_was_finished_can_be_packed(small, tmp_path):
    """One future, and what has no scenario: the description says what it is, and what to type."""
    from sim.experiments.replay import replay

    folder = sim.save(replay(small, 2), tmp_path / "one")
    bag = pack(folder, tmp_path / "bag-of-one").path
    assert faults(bag) == []
    told = (bag / "data" / "README.md").read_text(encoding="utf-8")
    assert "What this holds: replay of one future." in told
    assert "\n    leadership-sim run scenario.toml --replay 2 --seed 1\n" in told
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    other = tmp_path / "search"
    other.mkdir()
    kept = {name: manifest[name] for name in ("versions", "git", "model_changed")} | {"results_sha256": {}}
    what = {"what": "leadership-sim search for settings that agree with the targets"}
    (other / "manifest.json").write_text(
        json.dumps(what | kept | {"settings": 400, "futures": 30, "root_seed": 1}), encoding="utf-8"
    )
    bag = pack(other, tmp_path / "bag-of-search").path
    assert faults(bag) == []
    told = (bag / "data" / "README.md").read_text(encoding="utf-8")
    assert "\n    leadership-sim calibrate --points 400 --futures 30 --seed 1\n" in told


def broken(folder: Path, how: str) -> Path:
    """A folder with something wrong with it."""
    match how:
        case "nowhere":
            return folder / "nowhere"
        case "a file":
            return folder / "summary.csv"
        case "empty":
            (folder / "empty").mkdir()
            return folder / "empty"
        case "not finished":
            (folder / "parts").mkdir()
        case "a page not finished":
            (folder / "unfinished" / "parts").mkdir(parents=True)
        case "not ours":
            (folder / "manifest.json").write_text('{"what": "a lorry", "results_sha256": {}}', encoding="utf-8")
        case "no manifest of a run":
            (folder / "manifest.json").write_text("[]", encoding="utf-8")
        case "changed by hand":
            (folder / "summary.csv").write_text("more,survived\n", encoding="utf-8")
        case "another scenario":
            text = (folder / "scenario.toml").read_text(encoding="utf-8")
            (folder / "scenario.toml").write_text(text.replace("months = 30", "months = 36"), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("nowhere", "there is no such folder"),
        ("a file", "this is a file, not the folder of a run"),
        ("empty", "there is no manifest.json in it"),
        ("not finished", "not finished; go on with  leadership-sim resume"),
        ("a page not finished", "unfinished"),
        ("not ours", "not by leadership-sim: 'a lorry'"),
        ("no manifest of a run", "cannot be read"),
        ("changed by hand", "summary.csv: not as the run wrote it"),
        ("another scenario", "scenario.toml: not as the run wrote it"),
    ],
)
def test_what_cannot_be_packed_is_refused_in_a_sentence(how, told, done, tmp_path):
    """And nothing is left behind."""
    folder = broken(done, how)
    said = call("bag", folder, "--out", tmp_path / "bag.zip")
    assert said.exit_code == 2
    assert told in said.stderr
    assert len(said.stderr.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_a_bag_that_is_there_is_kept_unless_told_otherwise(done, tmp_path):
    """And what is no bag is never replaced; nor does a bag lie in what it holds."""
    for out in ((), ("--out", tmp_path / "bag")):
        assert call("bag", done, *out).exit_code == 0
        again = call("bag", done, *out)
        assert again.exit_code == 2
        assert "--overwrite" in again.stderr
        assert call("bag", done, *out, "--overwrite").exit_code == 0
    assert faults(tmp_path / "bag") == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", encoding="utf-8")
    said = call("bag", done, "--out", tmp_path / "mine", "--overwrite")
    assert "holds other things than a bag" in said.stderr
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "mine"
    assert "lies in the folder that is to be packed" in call("bag", done, "--out", done / "bag.zip").stderr
