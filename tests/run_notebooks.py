"""Runs the notebooks and stores what they say.

python -m uv run --group dev python tests/run_notebooks.py 1 8    # without a number: all of them
"""

import base64
import io
import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def execute(path: Path, cwd: Path, kernel: str = "python3") -> nbformat.NotebookNode:
    """A notebook with the outputs of a fresh kernel in the folder ``cwd``, and nothing that differs run by run."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name=kernel, record_timing=False, coalesce_streams=True,
        resources={"metadata": {"path": str(cwd)}},
    )  # fmt: skip
    client.execute(env=os.environ | {"COLUMNS": "100"})
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return notebook


def slim(notebook: nbformat.NotebookNode) -> None:
    """Store pictures in 256 colours: a quarter of the size, and the same to the eye."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                small = io.BytesIO()
                image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
                image.quantize(256, Image.Quantize.MAXCOVERAGE).save(small, "PNG", optimize=True)
                output["data"]["image/png"] = base64.b64encode(small.getvalue()).decode("ascii")


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell of code printed or showed, pictures as the word ``picture``."""
    out = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = []
            for output in cell.outputs:
                if output.output_type == "stream":
                    shown.append(f"{output.name}: {output.text}")
                elif output.output_type == "error":
                    shown.append(f"{output.ename}: {output.evalue}")
                else:
                    shown.append("picture" if "image/png" in output.data else output.data["text/plain"])
            out.append("\n".join(shown))
    return out


def main(numbers: list[str]) -> None:
    """Store the outputs of the notebooks with these numbers, or of all."""
    there = {path.stem.partition("-")[0]: path for path in NOTEBOOKS}
    if unknown := set(numbers) - set(there):
        sys.exit(f"there is no notebook {', '.join(sorted(unknown))}; there are {', '.join(there)}")
    for number, path in there.items():
        if not numbers or number in numbers:
            with tempfile.TemporaryDirectory() as folder:
                notebook = execute(path, Path(folder))
            slim(notebook)
            path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            print(path.name)


if __name__ == "__main__":
    main(sys.argv[1:])
