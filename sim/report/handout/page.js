// The page: what is shown, what is moved, and the story that leads through both. What a setting comes to is asked of
// model.js, which has it played; the questions below the levers are in help.js and rests.js; files, in saved.js and own.js.

import { Chart } from "handout/chart";
import { Crew } from "handout/crew";
import { $ } from "handout/dom";
import { Drawing, sign, whoLeads } from "handout/drawing";
import { Figures, compared, figure, inOrder, told } from "handout/figures";
import { Help } from "handout/help";
import { Model, asItIs, same } from "handout/model";
import { Own } from "handout/own";
import { Person, Rests } from "handout/rests";
import { Saved } from "handout/saved";
import { counts } from "handout/odds";
import { withWords } from "handout/organisation";
import { print } from "handout/print";

export const FORMAT = 2;

const inYears = (months) => (months % 12 ? `${months} months` : `${months / 12} years`);

/** One side: an organisation with its line, its verdict and its figures. */
class Side {
  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.chart = new Chart($(`${name}-chart`), page.doc.setting.measure.survival);
  }

  /** Draw an organisation anew. */
  around(organisation, order, shown) {
    this.drawing = new Drawing(organisation, this.page.doc.words);
    $(`${this.name}-drawing`).replaceChildren(this.drawing.element);
    this.figures = new Figures(order, shown);
    $(`${this.name}-figures`).replaceChildren(this.figures.element);
  }

  /** Show what came of other levers. */
  set({ place, side, point, future }, heading) {
    const { page } = this;
    Object.assign(this, { place, side, point, future });
    const sentence = told(point);
    for (const title of ["heading", "futures-heading"]) $(`${this.name}-${title}`).textContent = heading;
    $(`${this.name}-told`).textContent = sentence;
    const horizons = point.horizons.map(({ months, counts: { s } }) => `${s} at ${inYears(months)}`);
    $(`${this.name}-horizons`).textContent = `Survived: ${horizons.join(", ")}.`;
    const [share, low, high] = point.survived.map(Math.round);
    const [before, after] = point.practice.map(Math.round);
    const years = inYears(point.end - point.reference);
    $(`${this.name}-interval`).textContent = `Survived at ${years}: ${share}% (95%: ${low} to ${high}). Work done the new way, on average: ${before}% ${page.stays(side) ? `in month ${point.reference}` : "just before the departure"}, ${after}% at the end.`;
    this.figures.show(point.outcomes, sentence);
    this.drawing.links(future);
  }

  /** @param beside  the other side's future, whose line is drawn faintly, or null */
  show(month, last, beside = null) {
    if (!this.future) return;
    const { drawing, future, page, point } = this;
    const at = Math.min(month, point.end);
    drawing.show(future, at);
    this.chart.show(future, point, at, last, beside);
    const leads = whoLeads(page.organisation, future, at);
    const leading = leads.all ? `${leads.all} ${leads.all === 1 ? "leads" : "lead"} the change: ${leads.words}` : "Nobody leads the change";
    $(`${this.name}-leads`).textContent = `${leading}.`;
    $(`${this.name}-written`).textContent = `${Math.round(future.embedding[at])}%`;
    const news = point.events.filter((event) => event.month < at).at(-1);
    const practice = Math.round(future.practice[at]);
    const verdict = at === point.end ? this.verdict() : "";
    $(`${this.name}-news`).textContent = verdict || (news ? `${news.words} (month ${news.month})` : "");
    $(`${this.name}-news`).dataset.verdict = verdict ? point.outcomes[page.shown] : "";
    $(`${this.name}-practice`).textContent = `${practice}%`;
    drawing.element.setAttribute("aria-label", `Month ${at}. ${practice}% of staff’s work is done the new way. ${leading}.`);
    this.chart.svg.setAttribute("aria-label", `Practice from the start to month ${at}: ${practice}% now.`);
  }

  verdict() {
    const [before, after] = [this.future.practice[this.point.reference], this.future.practice[this.point.end]];
    const way = { n: "The change never took hold", c: "The change collapsed", s: "The change survived" };
    return `${way[this.point.outcomes[this.page.shown]]}: ${Math.round(before)}% → ${Math.round(after)}% of work`;
  }
}

/** Everything that moves on the page. */
export class Page {
  constructor(doc, crew) {
    this.doc = doc;
    this.crew = crew;
    this.month = 0;
    this.playing = null;
    this.until = null;
    this.turn = 0;
    this.panels = 1;
    this.left = new Side("left", this);
    this.right = new Side("right", this);
    this.saved = new Saved(this);
    this.help = new Help(this);
    this.rests = new Rests(this);
    this.person = new Person(this);
    this.own = new Own(this);
  }

  async start() {
    this.controls();
    await this.around(this.doc.organisation);
    const known = this.saved.read();
    await this.go(0, false);
    if (known) await this.saved.restore(known);
    this.saved.ready = true;
    document.documentElement.dataset.ready = "yes";
  }

  /** Look at another horizon: two, five or ten years after the departure. */
  async lookAt(months) {
    const { side, leftSide } = this;
    await this.around(this.played, months);
    if (leftSide) await this.keep(leftSide);
    await this.move(side);
  }

  /** Begin anew in an organisation: play it as it is and with leadership shared, and choose the future to show. */
  async around(organisation, horizon = this.doc.setting.measure.horizon) {
    const { doc } = this;
    if (organisation !== this.played) {
      this.played = organisation;
      this.organisation = withWords(organisation, doc);
      this.crew.around(organisation);
      this.model = new Model(doc, this.crew);
      this.horizonsOffered();
    }
    this.waiting(0, doc.futures);
    this.model.horizon = horizon;
    this.usual = asItIs(doc);
    this.sharing = { ...this.usual, values: doc.levers.map((lever) => lever.shared) };
    this.leftSide = null;
    const options = { told: (done, all) => this.waiting(done, all) };
    const [now, shared] = await Promise.all([this.usual, this.sharing].map((side) => this.model.point(side, this.usual, options)));
    Object.assign(this, this.choose(now, shared));
    const order = inOrder(now.outcomes);
    for (const side of [this.left, this.right]) side.around(this.organisation, order, this.shown);
    this.now = await this.answer(this.usual);
    this.shared = await this.answer(this.sharing);
    this.waiting(1, 1);
    this.left.set(this.now, doc.words.left);
    this.side = this.usual;
    this.found(this.now);
    this.facts = this.tell();
    for (const place of document.querySelectorAll("[data-said]")) place.textContent = this.said(place.dataset.said);
    this.rests.around();
    this.help.around();
    this.tries = null;
    this.trying = this.tryAlone().catch((error) => this.trouble(error.message));
  }

  /** The future to show and why: one that collapses as it is and survives where leadership is shared, if there is one. */
  choose({ outcomes: one }, { outcomes: other }) {
    const first = (wanted) => one.findIndex((letter, i) => wanted(letter, other[i]));
    const rules = [
      ["saved", (a, b) => a === "c" && b === "s"], ["differs", (a, b) => a !== b], ["collapses", (a) => a === "c"], ["first", () => true],
    ];
    if (this.doc.future !== null) return { shown: this.doc.future, why: "asked" };
    const [why, wanted] = rules.find(([, rule]) => first(rule) >= 0);
    return { shown: first(wanted), why };
  }

  /** What only playing tells, by the name under which the words have it. */
  tell() {
    const { doc, now, shared } = this;
    const { words, futures } = doc;
    const both = (one, other) => now.point.outcomes.filter((letter, i) => letter === one && shared.point.outcomes[i] === other).length;
    const { measure } = doc.setting;
    const enough = Math.ceil(0.8 * futures);
    const many = now.point.counts.s >= enough;
    const [leaves, arrives] = ["leaves", "arrives"].map((kind) => now.point.events.find((event) => event.kind === kind));
    const after = (month) => (month % 12 ? `In month ${month}` : `After ${month / 12} year${month === 12 ? "" : "s"}`);
    const gap = arrives && leaves ? arrives.month - leaves.month : 0;
    const { departure } = words;
    const empty = departure.empty
      .replace("{gap}", gap === 1 ? "one month" : `${gap} months`)
      .replace("{meanwhile}", (doc.setting.events[doc.departure].interim ?? doc.setting.succession.interim) === "deputy" ? departure.meanwhile : "");
    const leaving = [
      departure.start.replace("{when}", after(leaves?.month ?? now.point.reference)),
      ...(arrives ? [...(gap ? [empty] : []), `${arrives.words}.`] : [departure.nobody]), departure.stops,
    ];
    return {
      collapsed: now.point.counts.c,
      begins: now.future.practice[now.point.reference] >= 100 * measure.taken_hold ? "takes hold" : "begins",
      leaving: leaving.join(" "),
      question_of_levers: many ? "What would change it?" : "What would have kept it alive?",
      puzzle: many ? "look for the one that does most harm" : `find the fewest that keep the change alive in at least ${enough} of ${futures}`,
      shown: `This is future ${this.shown}: ${words.chosen[this.why].replace("{alike}", both("c", "s")).replace("{other}", both("s", "c") || "none")}.`,
    };
  }

  /** Words with what playing told filled in. */
  said(text) { return text.replace(/\{(\w+)\}/g, (whole, name) => this.facts[name] ?? whole); }

  get last() { return Math.max(this.left.point.end, this.panels === 2 ? this.right.point.end : 0); }

  /** Whether a lever can be moved: links that are drawn are not, where an organisation was read from files. */
  offers(lever) {
    return !this.own.kept.organisation || ![...lever.keys, ...Object.keys(lever.on)].some((key) => key.startsWith("organisation."));
  }

  /** Whether the director does not leave on a side. */
  stays(side) { return side.values[this.model.when] === null; }

  /** What the right is compared with. */
  get against() { return this.leftSide ?? this.usual; }

  // -- Levers ------------------------------------------------------------------------------------------------

  /** A button for each horizon. */
  horizonsOffered() {
    const { horizons, horizon } = this.model;
    $("horizons").replaceChildren(...horizons.map((months) => {
      const label = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "radio", name: "horizon", value: months, checked: months === horizon });
      input.addEventListener("change", () => this.lookAt(months));
      label.append(input, ` ${inYears(months)} after the departure`);
      return label;
    }));
  }

  /** How far the futures that are waited for have come. */
  waiting(done, all) {
    this.told(done < all ? `${done} of ${all} futures played` : "");
    document.body.dataset.waiting = done < all ? "yes" : "no";
  }

  /** Say how far something has come, where it is always in sight. */
  told(words) { $("count").textContent = words; }

  /** What comes of a side, and the future shown of it. */
  async answer(side) {
    const options = { told: (done, all) => this.waiting(done, all) };
    const [future, point] = await Promise.all([this.model.future(side, this.shown), this.model.point(side, this.against, options)]);
    const { words } = this.doc;
    const events = future.told.events.map((event) => {
      const { words: sentence, short } = words.events[event.kind];
      return { ...event, words: sentence.replace("{share}", Math.round(100 * event.commitment)), short };
    });
    return { place: JSON.stringify(side), side, point: { ...point, events: events.filter((event) => event.month <= point.end) }, future };
  }

  /** Move to other levers on the right, and show what comes of it. The last move wins. */
  async move(side) {
    this.side = side;
    this.markLevers();
    this.waiting(0, this.doc.futures);
    let found;
    try {
      found = await this.answer(side);
    } catch (error) {
      this.waiting(1, 1);
      this.trouble(error.message);
      return;
    }
    if (side !== this.side) return; // moved on meanwhile
    this.waiting(1, 1);
    this.found(found);
    this.saved.write();
  }

  found(found) {
    const { doc, left, right } = this;
    right.set(found, this.heading(found.side));
    const same = found.place === left.place;
    $("compared").textContent = same ? (this.leftSide ? "The same as the left." : "No lever moved yet.") : compared(right.point, doc.futures);
    $("both").textContent = `${left.point.counts.s} → ${right.point.counts.s} of ${doc.futures} survive`;
    this.markLevers();
    this.scrubber();
    this.show(Math.min(this.month, this.last));
    this.help.stale();
    this.rests.mark();
  }

  /** What stands on the right becomes the left, to be compared with. */
  async keep(side) {
    this.leftSide = side;
    this.left.set(await this.answer(side), this.heading(side, true));
    await this.move(this.side);
  }

  /** The left is as it is again. */
  unkeep() {
    this.leftSide = null;
    this.left.set(this.now, this.doc.words.left);
  }

  with(i, value) { return { ...this.side, values: this.side.values.map((now, j) => (j === i ? value : now)) }; }

  /** A lever's value in words. */
  words(lever, value, short = false) {
    const { absent } = this.doc.words.levers[lever.slug];
    if (value === null) return absent;
    if (lever.kind === "switch") return value ? "yes" : "no";
    if (lever.kind === "when") return value % 12 ? `in month ${value}` : `after ${value / 12} year${value === 12 ? "" : "s"}`;
    if (lever.unit) return `${Number(value.toPrecision(4))} ${lever.unit}`;
    const percent = `${lever.low < 0 && value > 0 ? "+" : ""}${Number((100 * value).toPrecision(3))}%`.replace("-", "−");
    if (short) return percent;
    const [, words] = lever.bands.find(([most]) => value <= most) ?? [0, "{}"];
    return words.replace("{}", percent);
  }

  /** What differs from as it is, in words, for a heading. */
  heading(side, kept = false, most = 2) {
    const { levers, words } = this.doc;
    if (same(side, this.usual)) return kept || this.leftSide ? words.left : words.same;
    if (same(side, this.sharing)) return words.shared;
    const moved = levers.map((_, i) => i).filter((i) => side.values[i] !== levers[i].now);
    const named = moved.map((i) => `${words.levers[levers[i].slug].title}: ${this.words(levers[i], side.values[i], true)}`);
    named.unshift(...side.taken.map((each) => this.person.without(each)));
    return named.slice(0, most).join("; ") + (named.length > most ? `; and ${named.length - most} more` : "");
  }

  /** Show in the form where the levers stand. */
  markLevers() {
    this.doc.levers.forEach((lever, i) => {
      const value = this.side.values[i];
      const control = $(`free-${i}`);
      control.closest(".free").hidden = !this.offers(lever);
      if (lever.kind === "switch") control.checked = value === 1;
      else {
        control.disabled = value === null;
        if (value !== null) control.value = value;
        if (lever.absent) $(`free-${i}-absent`).checked = value === null;
        this.say(i, value);
      }
      control.closest(".free").dataset.moved = value === lever.now ? "no" : "yes";
    });
  }

  say(i, value) {
    const lever = this.doc.levers[i];
    if (lever.kind === "switch") return;
    const said = this.words(lever, value);
    $(`free-${i}-said`).textContent = value === lever.now ? `${said} (as it is)` : said;
    $(`free-${i}`).setAttribute("aria-valuetext", said);
  }

  valueOf(i) {
    const lever = this.doc.levers[i];
    const control = $(`free-${i}`);
    if (lever.kind === "switch") return Number(control.checked);
    if (lever.absent && $(`free-${i}-absent`).checked) return null;
    return Number(control.value);
  }

  bindLevers() {
    this.doc.levers.forEach((lever, i) => {
      const control = $(`free-${i}`);
      control.addEventListener("input", () => this.say(i, this.valueOf(i)));
      control.addEventListener("change", () => this.pulled(this.with(i, this.valueOf(i))));
      if (lever.absent && lever.kind !== "switch") $(`free-${i}-absent`).addEventListener("change", () => this.pulled(this.with(i, this.valueOf(i))));
    });
    $("as-it-is").addEventListener("click", () => this.pulled(this.usual));
    $("share-it").addEventListener("click", () => this.pulled(this.shares()));
    $("keep").addEventListener("click", () => this.keep(this.side));
    $("leaves-now").addEventListener("click", () => {
      this.pause();
      const { when } = this.model;
      const { low, high } = this.doc.levers[when];
      this.pulled(this.with(when, Math.max(low, Math.min(this.month, high))));
    });
  }

  /** Sharing leadership leaves the other levers where they are. */
  shares() {
    const { levers } = this.doc;
    return { ...this.side, values: levers.map((lever, i) => (lever.shared === lever.now ? this.side.values[i] : lever.shared)) };
  }

  /** Somebody moved a lever: both organisations are shown. */
  async pulled(side) {
    if (this.panels === 1) this.show2(true);
    await this.move(side);
    $("said").textContent = `${$("right-told").textContent} ${$("compared").textContent}`;
  }

  trouble(words) {
    $("trouble").textContent = words;
    $("trouble").hidden = words === "";
  }

  // -- Time --------------------------------------------------------------------------------------------------

  show(month) {
    this.month = month;
    const scrub = $("scrub");
    scrub.value = month;
    const said = `Month ${month} · ${month ? `year ${Math.ceil(month / 12)}` : "the start"}`;
    scrub.setAttribute("aria-valuetext", said);
    $("month").textContent = said;
    this.left.show(month, this.last);
    if (this.panels === 2) this.right.show(month, this.last, this.right.place === this.left.place ? null : this.left.future);
    this.person.show();
    $("rests-month").textContent = `month ${month}`;
  }

  scrubber() {
    $("scrub").max = this.last;
    $("leaves").style.insetInlineStart = `${100 * this.left.point.reference / this.last}%`;
  }

  /** Where playing stops: where the turn does, and from there on at the end. */
  get stop() {
    const until = this.monthOf(this.doc.words.turns[this.turn].play?.[1]);
    return until !== null && this.month < until ? Math.min(until, this.last) : this.last;
  }

  /** The month that a turn of the story names. */
  monthOf(name) {
    const { reference, end } = this.left.point;
    return { start: 0, leaves: reference, end }[name] ?? null;
  }

  /** Play to a month; the pace follows the clock, so a slow machine skips months and does not fall behind. */
  play(until) {
    if (this.month >= this.last) this.show(0);
    until ??= this.stop;
    this.until = until;
    const pace = Number($("pace").value);
    const from = this.month;
    const began = performance.now();
    this.playing = true;
    this.button();
    const step = (now) => {
      if (!this.playing) return;
      const month = Math.min(until, from + Math.floor(pace * Math.max(0, now - began) / 1000));
      if (month !== this.month) this.show(month);
      if (month >= until) this.pause();
      else this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.button();
    $("said").textContent = this.panels === 2
      ? `${$("month").textContent}. Left: ${$("left-practice").textContent}. Right: ${$("right-practice").textContent}.`
      : `${$("month").textContent}. ${$("left-practice").textContent} of work is done the new way. ${$("left-news").textContent}`;
    this.saved.write();
  }

  button() {
    $("play").textContent = this.playing ? "Pause" : "Play";
    $("play").dataset.playing = this.playing ? "yes" : "no";
  }

  // -- The story ---------------------------------------------------------------------------------------------

  /** Go to a turn of the story: set the levers, look at its part of the page, and play what it plays. */
  async go(turn, looking = true) {
    const { turns } = this.doc.words;
    this.turn = turn;
    const { title, look, ask, at, panels, play, levers } = turns[turn];
    $("turn").textContent = `${turn + 1} of ${turns.length}`;
    $("turn-title").textContent = this.said(title);
    const moved = levers && this.hasMoved;
    $("look").textContent = this.said(look) + (moved ? " (The levers stand where you moved them; “As it is” puts them back.)" : "");
    $("ask").textContent = this.said(ask);
    $("back").disabled = turn === 0;
    $("next").disabled = turn === turns.length - 1;
    this.pause();
    this.show2(panels === 2);
    if (levers) await this.follow(levers);
    if (play) {
      const [from, to] = play.map((name) => this.monthOf(name));
      this.show(from);
      if (looking && to > from) this.play();
    }
    if (looking) this.look(at);
  }

  /** Whether somebody has set the right otherwise than the story does. */
  get hasMoved() { return ![this.usual, this.sharing].some((side) => same(side, this.side)); }

  /** Set the levers as a turn of the story has them, where nobody has moved any. */
  async follow(name) {
    if (!this.leftSide && !this.hasMoved) await this.move(name === "now" ? this.usual : this.sharing);
  }

  /** Bring a part of the page into view, below the story. On a small screen the story goes with it. */
  look(at) {
    const story = $("story");
    const held = story.contains(document.activeElement) ? document.activeElement : null;
    const before = small() ? $(at) : document.querySelector("main");
    if (before.previousElementSibling !== story) before.before(story);
    held?.focus({ preventScroll: true });
    if (small()) {
      story.scrollIntoView({ behavior: calm() ? "auto" : "smooth" });
      return;
    }
    const sticky = getComputedStyle(story).position === "sticky" ? story.offsetHeight : 0;
    const top = window.scrollY + $(at).getBoundingClientRect().top - sticky - 6;
    window.scrollTo({ top: Math.max(0, top), behavior: calm() ? "auto" : "smooth" });
  }

  /** One organisation, or two side by side. */
  show2(two) {
    this.panels = two ? 2 : 1;
    document.body.dataset.panels = this.panels;
    $("two").setAttribute("aria-pressed", two);
    if (this.right.point) {
      this.scrubber();
      this.show(Math.min(this.month, this.last));
      this.saved.write();
    }
  }

  // -- Controls ----------------------------------------------------------------------------------------------

  controls() {
    $("play").addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    const to = (month) => { this.pause(); this.show(Math.max(0, Math.min(this.last, month))); };
    $("first").addEventListener("click", () => to(0));
    $("less").addEventListener("click", () => to(this.month - 1));
    $("more").addEventListener("click", () => to(this.month + 1));
    $("scrub").addEventListener("input", (event) => to(Number(event.target.value)));
    $("pace").addEventListener("change", () => { if (this.playing) { this.pause(); this.play(this.until); } });
    $("two").addEventListener("click", () => this.show2(this.panels === 1));
    $("more-levers").addEventListener("click", () => this.show2(true));
    $("back").addEventListener("click", () => this.go(this.turn - 1));
    $("next").addEventListener("click", () => this.go(this.turn + 1));
    $("print-it").addEventListener("click", () => this.trying.then(() => window.print()));
    window.addEventListener("beforeprint", () => this.onPaper());
    for (const input of document.querySelectorAll("input[name=links]")) {
      input.addEventListener("change", () => { document.body.dataset.links = input.value; });
    }
    this.bindLevers();
    $("light").addEventListener("click", () => {
      const { dataset } = document.documentElement;
      dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    });
    // A presenter's clicker sends these keys, wherever the last click was.
    document.addEventListener("keydown", (event) => {
      const step = { PageDown: 1, PageUp: -1 }[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const turn = this.turn + step;
      if (turn >= 0 && turn < this.doc.words.turns.length) this.go(turn);
    });
    // Some send arrows: these must not move a lever that was clicked, only one that was reached by the keyboard.
    $("levers").addEventListener("click", (event) => { if (event.detail > 0 && event.target.type === "radio") document.activeElement.blur(); });
    new ResizeObserver(() => { if (this.left.point) this.show(this.month); }).observe($("left-chart"));
  }

  /** Each lever tried alone, for the paper; played once nobody waits for anything else. */
  async tryAlone() {
    const { levers, words } = this.doc;
    const tries = levers.flatMap((lever, i) => lever.tries.map((value) => ({
      title: `${words.levers[lever.slug].title}: ${this.words(lever, value)}`,
      side: { ...this.usual, values: this.usual.values.map((now, j) => (j === i ? value : now)) },
    })));
    const found = await this.model.quickly(tries.map(({ side }) => side), this.doc.futures);
    this.tries = tries.map(({ title }, i) => ({ title, outcomes: found[i].outcomes, counts: counts(found[i].outcomes) }));
  }

  /** Put what is shown on the paper. */
  onPaper() { if (this.facts) print($("paper"), this, this.tries ?? []); }
}

const small = () => window.matchMedia("(max-width: 46rem)").matches;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** Start the page from the data in it. */
export async function begin() {
  document.documentElement.dataset.theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const doc = JSON.parse($("data").textContent);
  if (doc.format !== FORMAT) throw new Error(`This page reads format ${FORMAT}, and the data has ${doc.format}.`);
  for (const place of document.querySelectorAll("[data-sign]")) place.append(sign(place.dataset.sign));
  for (const place of document.querySelectorAll("[data-figure]")) place.append(figure(place.dataset.figure));
  const shapes = Object.entries(doc.quantiles);
  const [code, ...grids] = await Promise.all([$("engine").textContent, ...shapes.map(([, packed]) => packed)].map(unpacked));
  const crew = new Crew({
    code, shapes: doc.engine, grids: Object.fromEntries(shapes.map(([shape], i) => [shape, new Float64Array(grids[i])])),
  });
  const page = new Page(doc, crew);
  try {
    await page.start();
  } catch (error) {
    page.trouble(error.message);
    throw error;
  }
  return page;
}
