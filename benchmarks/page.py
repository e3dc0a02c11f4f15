"""How fast a page plays the model, beside the engine in Python: the same futures in turn, in one run.

python -m uv run --group dev python benchmarks/page.py

Prints, for one setting and for eight side by side, what a future takes in a worker of Chromium and in Python, and the
ratio: one thread each, the best of some rounds, organisation and draws included.
"""

import shutil
import time

import numpy as np
from playwright.sync_api import Page, sync_playwright

import sim
from sim.experiments.environment import Environment
from sim.model.calendar import calendar
from sim.organisation.generate import plan
from sim.report.handout.document import engine_code, fixed, grids, played
from sim.report.handout.page import HERE, module
from sim.report.handout.shapes import shapes
from sim.scenario.scenario import Scenario

FUTURES, ROUNDS = 40, 5

PLAY = """
async ({ player, code, shapes, grids, organisation, settings, futures }) => {
  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  };
  const known = await Promise.all(Object.entries(grids).map(async ([key, text]) => [key, new Float64Array(await unpack(text))]));
  const worker = new Worker(player, { type: "module" });
  worker.postMessage({ begin: { code: await unpack(code), shapes, grids: Object.fromEntries(known) } });
  worker.postMessage({ around: organisation });
  window.ask = (first) => new Promise((resolve) => {
    const began = performance.now();
    worker.onmessage = () => resolve((performance.now() - began) / futures);
    worker.postMessage({ id: 1, settings, seed: 1, futures: Array.from({ length: futures }, (_, i) => first + i) });
  });
}
"""  # noqa: E501


def in_python(settings: list[Scenario], first: int) -> float:
    """Milliseconds a future."""
    environment, together = Environment(1), [(setting, calendar(setting)) for setting in settings]
    began = time.perf_counter()
    for future in range(first, first + FUTURES):
        environment.together(together, future)
    return 1000 * (time.perf_counter() - began) / FUTURES


def main() -> None:
    """Play and print."""
    base = sim.load("director-turnover").variant("sceptic").with_({"months": 96})
    each = [base.with_({"leadership.delegation": i / 10}) for i in range(8)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        print("settings   page ms   Python ms   ratio")
        for settings in (each[:1], each):
            page: Page = browser.new_page()
            given = {
                "player": module(HERE / "player.js"),
                "code": engine_code(),
                "shapes": shapes(),
                "grids": grids(base, []),
            }
            given |= {"organisation": fixed(plan(base).everybody), "settings": [played(one) for one in settings]}
            page.evaluate(PLAY, given | {"futures": FUTURES})
            times = np.array(
                [
                    (page.evaluate("(first) => ask(first)", n * FUTURES), in_python(settings, n * FUTURES))
                    for n in range(ROUNDS)
                ]
            )
            there, here = times.min(axis=0)
            print(f"{len(settings):8d} {there:9.2f} {here:11.2f} {there / here:7.2f}")
            page.close()


if __name__ == "__main__":
    main()
