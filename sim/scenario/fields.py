"""Every key of a scenario file with its record: meaning, unit, range, default and provenance."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.scenario import Scenario


def fields(model: type[BaseModel] = Scenario, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key of a scenario file that holds one value, dotted, with pydantic's record of it."""
    for key, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from fields(annotation, f"{prefix}{key}.")
        elif key not in ("events", "variants", "seats", "layers", "format", "title", "question", "labels"):
            yield f"{prefix}{key}", field
