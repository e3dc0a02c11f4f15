// What can be taken along and opened again: the address, a file of the page's state, a table, a scenario, a picture.

import { $ } from "handout/dom";
import { same } from "handout/model";
import { isTable, withKeys } from "handout/player";

/** What a file says; nothing where it is no JSON. */
function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** Hand the reader a file. */
function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** A setting as a scenario file: tables of plain values; what is not set is left out. */
export function toml(setting) {
  const lines = [];
  const value = (one) => {
    if (Array.isArray(one)) return `[${one.map(value).join(", ")}]`;
    if (isTable(one)) return `{ ${Object.entries(one).map(([key, each]) => `${quoted(key)} = ${value(each)}`).join(", ")} }`;
    return typeof one === "string" ? JSON.stringify(one) : String(one);
  };
  const quoted = (key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));
  const table = (path, tables) => {
    const entries = Object.entries(tables).filter(([, one]) => one !== null && one !== undefined);
    const plain = entries.filter(([, one]) => !isTable(one));
    if (path.length && plain.length) lines.push("", `[${path.map(quoted).join(".")}]`);
    for (const [key, one] of plain) lines.push(`${quoted(key)} = ${value(one)}`);
    for (const [key, one] of entries) if (isTable(one)) table([...path, key], one);
  };
  table([], setting);
  return `${lines.join("\n").trim()}\n`;
}

export class Saved {
  constructor(page) {
    this.page = page;
    $("save-state").addEventListener("click", () => save(`${this.name}-page.json`, JSON.stringify(this.state(true), null, 1), "application/json"));
    $("open-state").addEventListener("change", (event) => this.open(event.target));
    $("save-data").addEventListener("click", () => save(`${this.name}.csv`, this.table(), "text/csv"));
    $("save-scenario").addEventListener("click", () => save(`${this.name}-mine.toml`, this.scenario(), "application/toml"));
    window.addEventListener("hashchange", () => { if (this.ready) this.restore(this.read() ?? { panels: 1 }); });
    $("save-picture").addEventListener("click", () => this.picture().then((picture) => save(`${this.name}.png`, picture)));
  }

  get name() { return this.page.doc.scenario.name; }

  /** The levers that differ from as it is, right and left, who is taken away, the month, and whether two are shown. */
  state(whole = false) {
    const { page } = this;
    const { levers } = page.doc;
    const told = (side) => side && {
      levers: Object.fromEntries(levers.flatMap((lever, i) => (side.values[i] === lever.now ? [] : [[lever.slug, side.values[i]]]))),
      ...(side.taken.length ? { taken: side.taken } : {}),
    };
    const out = { right: told(page.side), month: page.month, panels: page.panels, turn: page.turn };
    if (page.model.horizon !== page.doc.setting.measure.horizon) out.horizon = page.model.horizon;
    if (page.leftSide) out.left = told(page.leftSide);
    return whole ? { page: this.name, made_by: page.doc.made_by, ...out, ...page.own.kept } : out;
  }

  /** Keep the state in the address, so that it can be sent, or come back to. */
  write() {
    if (!this.ready) return;
    const { page } = this;
    const changed = !same(page.side, page.usual) || page.leftSide || page.month || page.panels === 2 || page.turn;
    const hash = changed ? `#${encodeURIComponent(JSON.stringify(this.state()))}` : "#";
    try {
      window.history.replaceState(null, "", hash);
    } catch {
      // a page in a notebook's frame has no address of its own
    }
  }

  /** The state in the address, or null. */
  read() {
    try {
      return JSON.parse(decodeURIComponent(window.location.hash.slice(1)));
    } catch {
      return null;
    }
  }

  /** A side as a state tells it; what does not fit this page is left out. */
  side(told) {
    const { page } = this;
    const { levers } = page.doc;
    const fits = (lever, value) => (value === null ? lever.absent !== ""
      : typeof value === "number" && value >= lever.low && value <= lever.high && (lever.step !== 1 || Number.isInteger(value)));
    const values = levers.map((lever) => {
      const value = told?.levers?.[lever.slug];
      return value !== undefined && fits(lever, value) ? value : lever.now;
    });
    const seats = page.organisation.seats.length;
    const taken = (Array.isArray(told?.taken) ? told.taken : []).filter((each) => Array.isArray(each.seats) && Number.isInteger(each.month)
      && each.month >= 0 && each.seats.length && each.seats.every((seat) => Number.isInteger(seat) && seat >= 0 && seat < seats));
    return { values, taken: taken.map(({ seats: numbers, month }) => ({ seats: numbers, month })) };
  }

  async restore(state) {
    const { page } = this;
    const months = page.model.horizons.find((each) => each === state.horizon);
    if (months) {
      document.querySelector(`input[name=horizon][value="${months}"]`).checked = true;
      await page.around(page.played, months);
    }
    if (Number.isInteger(state.turn) && page.doc.words.turns[state.turn]) await page.go(state.turn, false);
    if (state.left) await page.keep(this.side(state.left));
    else page.unkeep();
    await page.move(this.side(state.right));
    page.show2(state.panels === 2);
    page.show(Math.max(0, Math.min(page.last, Number.isInteger(state.month) ? state.month : 0)));
  }

  async open(input) {
    const [file] = input.files;
    input.value = "";
    try {
      const state = parsed(await file.text());
      if (state.page !== this.name) throw new Error("It was not saved by this page.");
      if (state.organisation) await this.page.own.show(state.organisation);
      await this.restore(state);
    } catch (error) {
      this.page.trouble(`That file cannot be opened here. ${error.message}`);
    }
  }

  /** A row for each future, left and right. */
  table() {
    const { page } = this;
    const names = { n: "never took hold", c: "collapsed", s: "survived" };
    const rows = [["future", "left", "right", "left_before", "left_after", "right_before", "right_after", "scenario", "seed", "left_setting", "right_setting"]];
    const settings = [page.left, page.right].map(({ side }) => `"${page.heading(side, true, Infinity).replaceAll('"', '""')}"`);
    page.left.point.outcomes.forEach((letter, future) => {
      const practice = [page.left.point, page.right.point].flatMap((point) => [point.reference, point.end].map((month) => point.futures[future].practice[month]));
      rows.push([future, names[letter], names[page.right.point.outcomes[future]], ...practice, this.name, page.doc.seed, ...settings]);
    });
    return `${rows.map((row) => row.join(",")).join("\n")}\n`;
  }

  /** What stands on the right as a file for `leadership-sim run`, which gives the same numbers for it. */
  scenario() {
    const { page } = this;
    const { months, removals } = page.model.setting(page.side);
    const notes = [];
    if (removals.length) notes.push("# On the page people were taken away as well; a scenario file cannot say so, and this one has them all.");
    if (page.own.kept.organisation) notes.push("# The page showed an organisation of one's own: add --people FILE and --links FILE.");
    const title = page.heading({ ...page.side, taken: [] }, true);
    return [...notes, toml(withKeys({ ...page.doc.file, title, months }, page.model.changes(page.side)))].join("\n");
  }

  /** What is shown, one side or two, with lines and figures, 1920 by 1080. */
  async picture() {
    const { page } = this;
    const sides = page.panels === 2 ? [page.left, page.right] : [page.left];
    const style = document.querySelector("style").textContent.replaceAll("@media screen", "@media all");
    const place = (svg, x, y, width, height) => {
      const copy = svg.cloneNode(true);
      for (const [key, value] of Object.entries({ x, y, width, height })) copy.setAttribute(key, value);
      copy.style.width = `${width}px`;
      copy.style.height = `${height}px`;
      return new XMLSerializer().serializeToString(copy);
    };
    const safe = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const text = (words, x, y, size, { weight = 400, wide = 1880 } = {}) => {
      const lines = [""];
      for (const word of words.split(" ")) {
        if ((lines.at(-1).length + word.length) * size * 0.56 > wide) lines.push("");
        lines[lines.length - 1] += ` ${word}`;
      }
      const spans = lines.map((line, i) => `<tspan x="${x}" dy="${i ? 1.2 * size : 0}">${safe(line.trim())}</tspan>`);
      return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="#1b2430">${spans.join("")}</text>`;
    };
    const wide = 1840 / sides.length;
    const one = (side, i) => {
      const x = 40 + i * (wide + 20);
      const half = sides.length === 2;
      return text(page.heading(side.side, true), x, 60, half ? 30 : 44, { weight: 700, wide: wide - 40 })
        + text(`${$("month").textContent}: ${$(`${side.name}-practice`).textContent} of work is done the new way in the future shown, ringed below`, x, half ? 135 : 165, 22, { wide: wide - 40 })
        + (half
          ? place(side.drawing.element, x, 180, wide - 40, 440) + place(side.chart.svg, x, 640, wide - 400, 280) + place(side.figures.element, x + wide - 340, 630, 280, 280)
            + text($(`${side.name}-told`).textContent, x, 950, 24, { weight: 600, wide: wide - 40 })
          : place(side.drawing.element, x, 200, 1240, 780) + place(side.chart.svg, 1310, 200, 570, 300) + place(side.figures.element, 1400, 510, 400, 400)
            + text($(`${side.name}-told`).textContent, 1310, 950, 26, { weight: 600, wide: 570 }));
    };
    const compared = sides.length === 2 ? text($("compared").textContent, 40, 1020, 26, { weight: 600 }) : "";
    const source = `<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080" viewBox="0 0 1920 1080" font-family="system-ui, sans-serif" data-links="${document.body.dataset.links}"><style>${safe(style)}</style><rect width="1920" height="1080" fill="#fff"/>
      ${sides.map(one).join("")}${compared}${text("A simulation to think with, not a forecast. It rests on one study (Miller et al. 2025) and on assumptions.", 40, 1062, 20)}</svg>`;
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1920, 1080];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  }
}
