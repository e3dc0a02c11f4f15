// The page: what is shown, what is moved, and the story that leads through both.

import { Embedded, read, settingsOf } from "handout/data";
import { Chart } from "handout/chart";
import { Drawing, sign, whoLeads } from "handout/drawing";
import { Figures, compared, figure, inOrder, told } from "handout/figures";
import { print } from "handout/print";

export const $ = (id) => document.getElementById(id);

/** One side: an organisation with its line, its verdict and its figures. */
class Side {
  constructor(name, doc, order) {
    this.name = name;
    this.doc = doc;
    this.drawing = new Drawing(doc.organisation, doc.words);
    $(`${name}-drawing`).append(this.drawing.element);
    this.chart = new Chart($(`${name}-chart`), doc.survival);
    this.figures = new Figures(order, doc.future);
    $(`${name}-figures`).append(this.figures.element);
  }

  /** Show what came of other levers. */
  set({ place, point, future }, heading) {
    this.place = place;
    this.point = point;
    this.future = future;
    const sentence = told(this.point);
    $(`${this.name}-heading`).textContent = heading;
    $(`${this.name}-futures-heading`).textContent = heading;
    $(`${this.name}-told`).textContent = sentence;
    const { horizon } = this.doc;
    const years = horizon % 12 ? `${horizon} months` : `${horizon / 12} years`;
    const [share, low, high] = this.point.survived.map(Math.round);
    const [before, after] = this.point.practice.map(Math.round);
    $(`${this.name}-interval`).textContent = `Survived at ${years}: ${share}% (95%: ${low} to ${high}). Work done the new way, on average: ${before}% just before the departure, ${after}% at the end.`;
    this.figures.show(this.point.outcomes, sentence);
    $(`${this.name}-missing`).hidden = future !== null;
    $(`${this.name}-picture`).hidden = future === null;
  }

  /** @param beside  the other side's future, whose line is drawn faintly, or null */
  show(month, last, beside = null) {
    if (this.future === null) return;
    const at = Math.min(month, this.point.end);
    this.drawing.show(this.future, at);
    this.chart.show(this.future, this.point, at, last, beside);
    const leads = whoLeads(this.doc.organisation, this.future, at);
    const leading = leads.all ? `${leads.all} ${leads.all === 1 ? "leads" : "lead"} the change: ${leads.words}` : "Nobody leads the change";
    $(`${this.name}-leads`).textContent = leading;
    const news = this.point.events.filter((event) => event.month < at).at(-1);
    const practice = Math.round(this.future.practice[at]);
    const verdict = at === this.point.end ? this.verdict() : "";
    $(`${this.name}-news`).textContent = verdict || (news ? `${news.words} (month ${news.month})` : "");
    $(`${this.name}-news`).dataset.verdict = verdict ? this.point.outcomes[this.doc.future] : "";
    $(`${this.name}-practice`).textContent = `${practice}%`;
    const said = `Month ${at}. ${practice}% of staff’s work is done the new way. ${leading}.`;
    this.drawing.element.setAttribute("aria-label", said);
    this.chart.svg.setAttribute("aria-label", `Practice from the start to month ${at}: ${practice}% now.`);
  }

  verdict() {
    const [before, after] = [this.future.practice[this.point.reference], this.future.practice[this.point.end]];
    const way = { n: "The change never took hold", c: "The change collapsed", s: "The change survived" };
    return `${way[this.point.outcomes[this.doc.future]]}: ${Math.round(before)}% → ${Math.round(after)}% of work`;
  }
}

/** Everything that moves on the page. */
export class Page {
  constructor(doc, source) {
    this.doc = doc;
    this.source = source;
    this.month = 0;
    this.playing = null;
    this.until = null;
    this.turn = 0;
    const order = inOrder(doc.points[doc.now].outcomes);
    this.left = new Side("left", doc, order);
    this.right = new Side("right", doc, order);
    this.settings = settingsOf(doc, "now");
  }

  async start() {
    this.now = await this.source.at(settingsOf(this.doc, "now"));
    this.shared = await this.source.at(settingsOf(this.doc, "shared"));
    this.left.set(this.now, this.doc.words.left);
    await this.move(settingsOf(this.doc, "now"));
    this.controls();
    await this.go(0, false);
    document.documentElement.dataset.ready = "yes";
  }

  get last() { return Math.max(this.left.point.end, this.panels === 2 ? this.right.point.end : 0); }

  // -- Levers ------------------------------------------------------------------------------------------------

  /** Set every lever, and show what comes of it. */
  async move(settings) {
    this.settings = settings;
    const found = await this.source.at(settings);
    if (settings === this.settings) this.found(found); // else moved on meanwhile
  }

  /** Show what came of the levers on the right. */
  found(found) {
    const { settings } = this;
    const same = (name) => String(settings) === String(settingsOf(this.doc, name));
    const { words } = this.doc;
    const heading = same("now") ? words.same : same("shared") ? words.shared : words.changed;
    this.right.set(found, heading);
    $("compared").textContent = found.place === this.left.place ? "No lever moved yet." : compared(this.right.point, this.doc.futures);
    $("both").textContent = `Of ${this.doc.futures} survived: ${this.left.point.counts.s} as it is, ${this.right.point.counts.s} with these levers.`;
    this.markLevers(settings);
    this.scrubber();
    this.show(Math.min(this.month, this.last));
  }

  /** Show in the form where the levers stand. */
  markLevers(settings) {
    settings.forEach((option, i) => { $(`lever-${i}-${option}`).checked = true; });
  }

  /** Listen to the form's levers. */
  bindLevers() {
    this.doc.levers.forEach((lever, i) => lever.options.forEach((_, option) => {
      $(`lever-${i}-${option}`).addEventListener("change", () =>
        this.pulled(this.settings.map((now, j) => (j === i ? option : now))));
    }));
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
  }

  scrubber() {
    $("scrub").max = this.last;
    const leaves = this.left.point.reference;
    $("leaves").style.insetInlineStart = `${100 * leaves / this.last}%`;
  }

  /** Where playing stops: where the turn does, and from there on at the end. */
  get stop() {
    const { play } = this.doc.words.turns[this.turn];
    return play && this.month < play[1] ? Math.min(play[1], this.last) : this.last;
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
    $("turn-title").textContent = title;
    $("look").textContent = look;
    $("ask").textContent = ask;
    $("back").disabled = turn === 0;
    $("next").disabled = turn === turns.length - 1;
    this.pause();
    this.show2(panels === 2);
    if (levers) await this.follow(levers);
    if (play) {
      this.show(play[0]);
      if (looking && play[1] > play[0]) this.play();
    }
    if (looking) this.look(at);
  }

  /** Set the levers as a turn of the story has them. */
  async follow(name) { await this.move(settingsOf(this.doc, name)); }

  /** What sharing leadership sets. */
  sharing() { return settingsOf(this.doc, "shared"); }

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
    $("print-it").addEventListener("click", () => window.print());
    $("as-it-is").addEventListener("click", () => this.pulled(settingsOf(this.doc, "now")));
    $("share-it").addEventListener("click", () => this.pulled(this.sharing()));
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
    $("levers").addEventListener("click", (event) => { if (event.detail > 0) document.activeElement.blur(); });
    window.addEventListener("beforeprint", () => print($("paper"), this));
    new ResizeObserver(() => this.show(this.month)).observe($("left-chart"));
  }

  /** Somebody moved a lever: both organisations are shown. */
  async pulled(settings) {
    if (this.panels === 1) this.show2(true);
    await this.move(settings);
    $("said").textContent = `${$("right-told").textContent} ${$("compared").textContent}`;
  }
}

const small = () => window.matchMedia("(max-width: 46rem)").matches;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Start the page from the data in it; a live page brings its own kind of page, and its source. */
export async function begin(Kind = Page, Source = Embedded) {
  document.documentElement.dataset.theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const doc = read($("data").textContent);
  for (const place of document.querySelectorAll("[data-sign]")) place.append(sign(place.dataset.sign));
  for (const place of document.querySelectorAll("[data-figure]")) place.append(figure(place.dataset.figure));
  const page = new Kind(doc, new Source(doc));
  await page.start();
  print($("paper"), page);
  return page;
}
