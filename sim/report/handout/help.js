// "What would help from here?": every lever pulled alone, the fewest together, and whether it holds in other worlds.

import { difference, counts } from "handout/odds";

const $ = (id) => document.getElementById(id);
const ENOUGH = 0.8;
const SCREEN = 30;
const SHORTLIST = 12;
const WIDENED = 10;
const BATCH = 8;
const FEW = 3;

const element = (name, words = "", kind = "") => {
  const made = document.createElement(name);
  made.textContent = words;
  if (kind) made.className = kind;
  return made;
};

const signed = (number) => (number > 0 ? `+${number}` : `${number}`.replace("-", "−"));

const survivors = ({ outcomes }) => counts(outcomes).s;

export class Help {
  constructor(page) {
    this.page = page;
    $("ask-help").addEventListener("click", () => this.run(() => this.alone()));
    $("ask-together").addEventListener("click", () => this.run(() => this.together()));
    $("ask-sure").addEventListener("click", () => this.run(() => this.sure()));
  }

  /** The answers below are of an earlier setting. */
  stale() {
    this.stop?.abort();
    if (this.asked && this.asked !== JSON.stringify(this.page.side)) $("help-stale").hidden = false;
  }

  /** Ask something that takes a while: one question at a time, with a count, until something else is asked. */
  async run(question) {
    this.stop?.abort();
    this.stop = new AbortController();
    const { signal } = this.stop;
    const buttons = [$("ask-help"), $("ask-together"), $("ask-sure")];
    for (const button of buttons) button.disabled = true;
    try {
      await question(signal);
    } catch (error) {
      if (error.name !== "AbortError") this.page.trouble(error.message);
    }
    for (const button of buttons) button.disabled = false;
    $("help-count").textContent = "";
  }

  /** The levers that can still be pulled, each with its helpful end; never when the director leaves. */
  get uses() {
    const { levers } = this.page.doc;
    const { values } = this.page.side;
    return levers.map((lever, i) => ({ lever, i, value: lever.best }))
      .filter(({ lever, i }) => lever.best !== null && lever.best !== values[i] && this.page.offers(lever));
  }

  pulled(uses) {
    const { side } = this.page;
    const values = [...side.values];
    for (const { i, value } of uses) values[i] = value;
    return { ...side, values };
  }

  title({ lever, i, value }) {
    const words = this.page.doc.words.levers[lever.slug];
    if (lever.kind === "switch") return words.helps;
    return `${words.helps}: ${this.page.words(lever, this.page.side.values[i])} → ${this.page.words(lever, value)}`;
  }

  ask(sides, number, options) { return this.page.model.quickly(sides, number, { signal: this.stop.signal, ...options }); }

  /** Every lever alone, a few at a time; the list is sorted anew as they come in. */
  async alone() {
    const { side, doc } = this.page;
    this.asked = JSON.stringify(side);
    $("help-stale").hidden = true;
    $("help-more").hidden = true;
    const { uses } = this;
    const [base] = await this.ask([side], doc.futures);
    this.base = base;
    this.tried = [];
    for (let first = 0; first < uses.length; first += BATCH) {
      $("help-count").textContent = `${first} of ${uses.length} levers tried`;
      const some = uses.slice(first, first + BATCH);
      const found = await this.ask(some.map((use) => this.pulled([use])), doc.futures);
      some.forEach((use, k) => this.tried.push({ use, ...found[k], difference: difference(found[k].outcomes, base.outcomes) }));
      this.tried.sort((a, b) => b.difference[0] - a.difference[0]);
      this.list();
    }
    $("help-more").hidden = false;
    $("said").textContent = `${uses.length} levers tried, the most helpful first.`;
  }

  list() {
    const { futures } = this.page.doc;
    const rows = this.tried.map(({ use, difference: range }) => {
      const [middle, low, high] = range.map((share) => Math.round(futures * share));
      const row = element("tr", "", low > 0 ? "helps" : high < 0 ? "harms" : "");
      const bar = element("td", "", "bar");
      const fill = element("i");
      fill.style.width = `${Math.min(100, Math.abs(100 * range[0]))}%`;
      bar.append(fill);
      const set = element("button", "Set it");
      set.type = "button";
      set.setAttribute("aria-label", `Set it: ${this.title(use)}`);
      set.addEventListener("click", () => this.page.pulled(this.pulled([use])));
      const last = element("td");
      last.append(set);
      row.append(element("td", this.title(use)), bar, element("td", `${signed(middle)} (${signed(low)} to ${signed(high)})`), last);
      return row;
    });
    $("help-rows").replaceChildren(...rows);
    $("help-table").hidden = false;
  }

  /** The fewest levers with which 80 of 100 survive: alone, then pairs, then triples, most on the first futures only. */
  async together() {
    const { doc } = this.page;
    const { futures } = doc;
    const enough = Math.ceil(ENOUGH * futures);
    if (survivors(this.base) >= enough) {
      this.tell("together", [`${survivors(this.base)} of ${futures} survive already: nothing more needs to be done.`]);
      return;
    }
    let found = this.tried.map(({ use, outcomes }) => ({ uses: [use], s: counts(outcomes).s }));
    const said = (list) => list.slice(0, FEW).map(({ uses, s }) => `${s} of ${futures}: ${uses.map((use) => this.title(use)).join("; and ")}`);
    let best = found[0];
    for (const size of [1, 2, 3]) {
      if (size > 1) found = await this.tries(size, found);
      if (found.length && found[0].s > best.s) [best] = found;
      const reached = found.filter(({ s }) => s >= enough);
      if (reached.length) {
        const many = size === 1 ? "One lever is" : `${size === 2 ? "Two" : "Three"} levers together are`;
        this.tell("together", [`${many} enough to keep the change alive in ${enough} of ${futures}:`, ...said(reached)], reached[0].uses);
        return;
      }
    }
    this.tell("together", [`No three levers keep the change alive in ${enough} of ${futures}. The best found:`, ...said([best])], best.uses);
  }

  async tries(size, before) {
    const { uses } = this;
    const { futures } = this.page.doc;
    const starts = size === 2 ? uses.map((use) => [use]) : before.slice(0, WIDENED).map((each) => each.uses);
    const seen = new Set();
    const combinations = starts.flatMap((some) => uses.filter((use) => !some.some(({ i }) => i === use.i)).map((use) => [...some, use]))
      .filter((some) => {
        const key = some.map(({ i }) => i).sort((a, b) => a - b).join(" ");
        return !seen.has(key) && seen.add(key);
      });
    const screened = [];
    for (let first = 0; first < combinations.length; first += 4 * BATCH) {
      $("help-count").textContent = `${first} of ${combinations.length} ${size === 2 ? "pairs" : "triples"} tried`;
      const some = combinations.slice(first, first + 4 * BATCH);
      const found = await this.ask(some.map((each) => this.pulled(each)), Math.min(SCREEN, futures));
      some.forEach((each, k) => screened.push({ uses: each, s: survivors(found[k]) }));
    }
    screened.sort((a, b) => b.s - a.s);
    const short = screened.slice(0, SHORTLIST);
    const found = await this.ask(short.map((each) => this.pulled(each.uses)), futures);
    return short.map(({ uses: each }, k) => ({ uses: each, s: survivors(found[k]) })).sort((a, b) => b.s - a.s);
  }

  /** In how many plausible worlds the right does better than the left, and the best levers help, in the same order. */
  async sure() {
    const { page } = this;
    const { worlds, futures } = page.doc;
    const top = this.tried.filter(({ difference: range }) => range[0] > 0).slice(0, FEW);
    const moved = JSON.stringify(page.side) !== JSON.stringify(page.against);
    const better = { right: 0, worse: 0, first: 0, helps: top.map(() => 0) };
    for (let w = 0; w < worlds.length; w += 1) {
      $("help-count").textContent = `${w} of ${worlds.length} plausible worlds played`;
      const sides = [page.against, page.side, ...top.map(({ use }) => this.pulled([use]))];
      const [left, right, ...others] = (await this.ask(sides, futures, { world: worlds[w] })).map(survivors);
      better.right += Number(right > left);
      better.worse += Number(right < left);
      others.forEach((s, k) => { better.helps[k] += Number(s > right); });
      better.first += Number(others.length > 0 && others[0] === Math.max(...others));
    }
    const of = `of ${worlds.length} plausible worlds`;
    const lines = [];
    if (moved) lines.push(`In ${better.right} ${of} more futures survive on the right than on the left; in ${better.worse}, fewer.`);
    top.forEach(({ use }, k) => lines.push(`${this.title(use)}: helps in ${better.helps[k]} ${of}.`));
    if (top.length > 1) lines.push(`The first of these ${top.length} stays first, or level with the first, in ${better.first} ${of}.`);
    if (!lines.length) lines.push("No lever helps from here, so there is no order to try.");
    this.tell("sure", lines);
  }

  tell(name, [first, ...rest], uses = null) {
    const list = element("ul");
    list.append(...rest.map((line) => element("li", line)));
    const parts = [element("p", first, "told"), ...(rest.length ? [list] : [])];
    if (uses) {
      const set = element("button", uses.length > 1 ? "Set them" : "Set it");
      set.type = "button";
      set.addEventListener("click", () => this.page.pulled(this.pulled(uses)));
      parts.push(set);
    }
    $(`help-${name}`).replaceChildren(...parts);
    $("said").textContent = first;
  }
}
