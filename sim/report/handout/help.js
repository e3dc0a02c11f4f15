// "What would help from here?": every lever pulled alone, the fewest together, and whether it holds in other worlds.

import { $, bar, button, element, more, row } from "handout/dom";
import { counts, difference } from "handout/odds";
import { same } from "handout/model";

const ENOUGH = 0.8;
const SCREEN = 30;
const SHORTLIST = 12;
const WIDENED = 10;
const BATCH = 8;
const FEW = 3;

const survivors = ({ outcomes }) => counts(outcomes).s;

export class Help {
  constructor(page) {
    this.page = page;
    $("ask-help").addEventListener("click", () => this.run(() => this.alone()));
    $("ask-together").addEventListener("click", () => this.run(() => this.together()));
    $("ask-sure").addEventListener("click", () => this.run(() => this.sure()));
    $("ask-sure-moved").addEventListener("click", () => this.run(() => this.sureOfSides()));
  }

  /** The answers below are of an earlier setting, or of another organisation. */
  stale() {
    this.stop?.abort();
    $("sure-moved").replaceChildren();
    if (this.asked && !same(this.asked, this.page.side)) $("help-stale").hidden = false;
  }

  /** Another organisation: nothing has been asked of it. */
  around() {
    this.asked = null;
    for (const id of ["help-table", "help-more", "help-stale"]) $(id).hidden = true;
    for (const id of ["help-together", "help-sure", "sure-moved"]) $(id).replaceChildren();
  }

  /** Ask something that takes a while: one question at a time, with a count, until something else is asked. */
  async run(question) {
    this.stop?.abort();
    this.stop = new AbortController();
    const buttons = ["ask-help", "ask-together", "ask-sure", "ask-sure-moved"].map($);
    for (const each of buttons) each.disabled = true;
    try {
      await question();
    } catch (error) {
      if (error.name !== "AbortError") this.page.trouble(error.message);
    }
    for (const each of buttons) each.disabled = false;
    this.page.told("");
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

  /** Set some levers, and look at what comes of it. */
  set(uses) {
    this.page.look("futures");
    this.page.pulled(this.pulled(uses));
  }

  ask(sides, number, options) { return this.page.model.quickly(sides, number, { signal: this.stop.signal, ...options }); }

  /** Every lever alone, a few at a time; the list is sorted anew as they come in. */
  async alone() {
    const { side, doc } = this.page;
    this.asked = side;
    $("help-stale").hidden = true;
    $("help-more").hidden = true;
    const { uses } = this;
    const [base] = await this.ask([side], doc.futures);
    this.base = base;
    this.tried = [];
    for (let first = 0; first < uses.length; first += BATCH) {
      this.page.told(`${first} of ${uses.length} levers tried`);
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
      const [middle, low, high] = range;
      const clear = low > 0 || high < 0;
      const said = `${more(range, futures)}${clear ? "" : ", not clear"}`;
      const set = button("Set it", () => this.set([use]), `Set it: ${this.title(use)}`);
      const fill = bar(Math.abs(middle) / 2, 0.5 + Math.min(0, middle) / 2);
      return row([this.title(use), fill, said, set], clear ? (middle > 0 ? "helps" : "harms") : "");
    });
    $("help-rows").replaceChildren(...rows);
    $("help-table").hidden = false;
  }

  /**
   * The fewest levers with which 80 of 100 survive: alone, then pairs, then triples, most on the first futures only.
   * Where one is enough, the best pairs are told as well.
   */
  async together() {
    const { doc } = this.page;
    const { futures } = doc;
    const enough = Math.ceil(ENOUGH * futures);
    if (survivors(this.base) >= enough) {
      this.tell("help-together", [`${survivors(this.base)} of ${futures} survive already: it takes no lever to reach ${enough}.`]);
      return;
    }
    const said = (list) => list.map(({ uses, s }) => `${s} of ${futures}: ${uses.map((use) => this.title(use)).join("; and ")}`);
    const alone = this.tried.map(({ use, outcomes }) => ({ uses: [use], s: counts(outcomes).s })).sort((a, b) => b.s - a.s);
    const pairs = await this.tries(2, alone);
    const [reached, both] = [alone, pairs].map((found) => found.filter(({ s }) => s >= enough));
    const alive = `to keep the change alive in ${enough} of ${futures}`;
    if (reached.length) {
      const more = pairs.length && pairs[0].s > reached[0].s ? ["The best two together:", ...said(pairs.slice(0, FEW))] : [];
      this.tell("help-together", [`One lever is enough ${alive}:`, ...said(reached), ...more], reached[0].uses);
    } else if (both.length) this.tell("help-together", [`Two levers together are enough ${alive}:`, ...said(both.slice(0, FEW))], both[0].uses);
    else {
      const triples = await this.tries(3, pairs);
      const three = triples.filter(({ s }) => s >= enough);
      const [best] = [...triples, ...pairs, ...alone].sort((a, b) => b.s - a.s);
      if (three.length) this.tell("help-together", [`Three levers together are enough ${alive}:`, ...said(three.slice(0, FEW))], three[0].uses);
      else this.tell("help-together", [`No three levers are enough ${alive}. The best found:`, ...said([best])], best.uses);
    }
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
      this.page.told(`${first} of ${combinations.length} ${size === 2 ? "pairs" : "triples"} tried`);
      const some = combinations.slice(first, first + 4 * BATCH);
      const found = await this.ask(some.map((each) => this.pulled(each)), Math.min(SCREEN, futures));
      some.forEach((each, k) => screened.push({ uses: each, s: survivors(found[k]) }));
    }
    screened.sort((a, b) => b.s - a.s);
    const short = screened.slice(0, SHORTLIST);
    const found = await this.ask(short.map((each) => this.pulled(each.uses)), futures);
    return short.map(({ uses: each }, k) => ({ uses: each, s: survivors(found[k]) })).sort((a, b) => b.s - a.s);
  }

  /** How futures went on some sides in each plausible world. */
  async inWorlds(sides) {
    const { worlds, futures } = this.page.doc;
    const found = [];
    for (let w = 0; w < worlds.length; w += 1) {
      this.page.told(`${w} of ${worlds.length} plausible worlds played`);
      found.push((await this.ask(sides, futures, { world: worlds[w] })).map(({ outcomes }) => outcomes));
    }
    return found;
  }

  /** In how many worlds one side does better than another, and clearly so; worse; and as well. */
  counted(worlds, one, other) {
    const each = worlds.map((sides) => difference(sides[one], sides[other]));
    const of = (rule) => each.filter(rule).length;
    return { better: of(([d]) => d > 0), clearly: of(([, low]) => low > 0), worse: of(([d]) => d < 0), same: of(([d]) => d === 0) };
  }

  /** How many of the worlds there are, how they were played, and how far they are apart. */
  about(worlds, side) {
    const { futures, seed } = this.page.doc;
    const s = worlds.map((sides) => counts(sides[side]).s);
    return `Between these worlds survival on the right ranges from ${Math.min(...s)} to ${Math.max(...s)} of ${futures}; in ${s.filter((each) => each === futures).length} of them all survive, so that nothing can be gained. ${futures} futures in each, seed ${seed}.`;
  }

  /** In how many plausible worlds more survive on the right than on the left. */
  async sureOfSides() {
    const { page } = this;
    const found = await this.inWorlds([page.against, page.side]);
    const { better, clearly, worse, same } = this.counted(found, 1, 0);
    this.tell("sure-moved", [`In ${better} of ${found.length} plausible worlds more survive on the right than on the left, in ${clearly} clearly; in ${worse}, fewer; in ${same}, as many.`, this.about(found, 1)]);
  }

  /** In how many plausible worlds the best levers help, and in the same order. */
  async sure() {
    const top = this.tried.filter(({ difference: range }) => range[0] > 0).slice(0, FEW);
    if (!top.length) {
      this.tell("help-sure", ["No lever helps from here, so there is no order to try."]);
      return;
    }
    const found = await this.inWorlds([this.page.side, ...top.map(({ use }) => this.pulled([use]))]);
    const of = `of ${found.length} plausible worlds`;
    const told = top.map(({ use }, k) => {
      const { better, clearly, worse, same } = this.counted(found, k + 1, 0);
      return `${this.title(use)}: helps in ${better} ${of}, in ${clearly} clearly; does harm in ${worse}, and changes nothing in ${same}.`;
    });
    const first = found.filter((sides) => {
      const [, one, ...others] = sides.map((outcomes) => counts(outcomes).s);
      return others.every((other) => one >= other);
    }).length;
    if (top.length > 1) told.push(`The first of these ${top.length} stays first, or level with the first, in ${first} ${of}.`);
    this.tell("help-sure", [...told, this.about(found, 0)]);
  }

  tell(name, [first, ...rest], uses = null) {
    const list = element("ul");
    list.append(...rest.map((line) => element("li", line)));
    const parts = [element("p", first, "told"), ...(rest.length ? [list] : [])];
    if (uses) parts.push(button(rest.length > 1 ? "Set the first of these" : "Set it", () => this.set(uses)));
    $(name).replaceChildren(...parts);
    $("said").textContent = first;
  }
}
