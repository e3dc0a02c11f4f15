"""Telling a person what is wrong with a file: where, what was found, what would be accepted, the nearest name."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError


class ScenarioError(ValueError):
    """Something a person wrote cannot be used; the message says where and what would be accepted."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file, a byte-order mark accepted. Raises ScenarioError, saying what is wrong with it."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ScenarioError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ScenarioError(f"{path}: this is a folder, not a file") from None
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: not valid TOML: {error}") from None
    except (RecursionError, ValueError):
        raise ScenarioError(f"{path}: cannot be read as TOML") from None


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """An unknown name, with the nearest known one, or all of them where none is near."""
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}" if known else ""
    return f"unknown {what} {name!r}{hint}"


def lines(error: ValidationError, model: type[BaseModel], kinds: Mapping[str, type[BaseModel]]) -> list[str]:
    """One readable line for each mistake that pydantic found in a ``model``.

    ``kinds``: the kinds of event and their models, which pydantic puts into its paths as well. What may hold the name
    of a person is not quoted.
    """
    out = []
    for found in error.errors():
        where, message = found["loc"], found["msg"].removeprefix("Value error, ")
        # A person does not know an event's kind as a part of its key's path.
        path = [str(part) for i, part in enumerate(where) if not (i == 2 and where[0] == "events")]
        private = path[:1] == ["organisation"] and path[1:2] and path[1] in NAMING
        if private and len(path) > 2:
            path[2] = "NAME"
        key = ".".join(path)
        match found["type"]:
            case "extra_forbidden":
                out.append(f"{key}: " + unknown("key", path[-1], _siblings(model, where, kinds)))
            case "union_tag_not_found":
                out.append(f"{key}.kind: is missing; an event is one of {', '.join(kinds)}")
            case "union_tag_invalid":
                out.append(f"{key}.kind: " + unknown("kind of event", str(found["input"].get("kind")), list(kinds)))
            case "value_error":
                out += [f"{key}: {line}" if key else line for line in message.split("\n")]
            case "missing":
                out.append(f"{key}: is missing")
            case _:
                for theirs, ours in _PLAINER:
                    message = message.replace(theirs, ours)
                seen = "" if private and len(path) < 4 else f", found {_short(found['input'])}"
                out.append(f"{key}: {message}{seen}")
    return out


NAMING = ("people", "links", "survey", "layers", "roles", "columns")
"""Keys of ``[organisation]`` that say what stands in a real organisation's files, or where: they may hold names."""

_PLAINER = (
    ("Input should be", "should be"),
    ("valid ", ""),
    ("a integer", "a whole number"),
    ("a dictionary", "a table"),
)


def _short(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _siblings(model: type[BaseModel], where: tuple[int | str, ...], kinds: Mapping[str, type[BaseModel]]) -> list[str]:
    """The keys that would have been accepted where ``where`` ends."""
    current: Any = model
    for part in where[:-1]:
        if part in kinds:
            current = kinds[str(part)]
        elif get_origin(current) is dict:
            current = get_args(current)[1]
        elif part in getattr(current, "model_fields", {}):
            current = current.model_fields[part].annotation
    return list(getattr(current, "model_fields", {}))
