// The handout's page with live answers: every lever free, a twin beside it, the state in the address.

import { settingsOf, unpack } from "handout/data";
import { $, Page } from "handout/page";

const STAYS = -1;
const TRIES = 5;

const given = () => JSON.parse($("given").textContent);

/** Ask this page's own server. Whatever goes wrong is said in words; a busy server is asked again. */
async function ask(path, body, tries = TRIES) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...given().asked, ...body }),
    });
  } catch {
    throw new Error("The program behind this page no longer answers. Start it again: leadership-sim serve.");
  }
  if (answer.status === 503 && tries > 1) {
    trouble("Busy: other visitors are being answered. Asking again …");
    await new Promise((done) => { setTimeout(done, 1500 + 1000 * Math.random()); });
    return ask(path, body, tries - 1);
  }
  if (!answer.ok) throw new Error((await answer.json()).error);
  trouble("");
  return answer;
}

function trouble(words) {
  $("trouble").textContent = words;
  $("trouble").hidden = words === "";
}

/** Gives what comes of levers by asking the server; answers are kept while the page is open. */
export class Asking {
  constructor(doc) {
    this.doc = doc;
    this.known = new Map();
  }

  named(settings) {
    return Object.fromEntries(this.doc.levers.map((lever, i) => [lever.slug, settings[i]]));
  }

  at(settings, against = this.doc.levers.map((lever) => lever.now)) {
    const key = `${settings}|${against}`;
    if (!this.known.has(key)) {
      const asked = this.fetch(settings, against);
      this.known.set(key, asked);
      asked.catch(() => this.known.delete(key));
    }
    return this.known.get(key);
  }

  async fetch(settings, against) {
    const body = { settings: this.named(settings), against: this.named(against), future: this.doc.future };
    const point = await (await ask("/api/point", body)).json();
    return { place: String(settings), point, future: await unpack(this.doc, point, point.live) };
  }
}

export class Live extends Page {
  async start() {
    const { levers, month, two } = this.readAddress();
    await super.start();
    if (levers.left) await this.keep(levers.left);
    if (levers.right) await this.move(levers.right);
    if (two || levers.left || levers.right) this.show2(true);
    if (month) this.show(Math.min(month, this.last));
    this.ready = true;
  }

  // -- Levers ------------------------------------------------------------------------------------------------

  bindLevers() {
    this.doc.levers.forEach((lever, i) => {
      const control = $(`free-${i}`);
      control.addEventListener("input", () => this.say(i, this.valueOf(i)));
      control.addEventListener("change", () => this.pulled(this.with(i, this.valueOf(i))));
    });
    $("stays").addEventListener("change", () => this.pulled(this.with(0, this.valueOf(0))));
    $("leaves-now").addEventListener("click", () => {
      this.pause();
      this.pulled(this.with(0, Math.max(this.doc.levers[0].low, Math.min(this.month, this.doc.levers[0].high))));
    });
    $("keep").addEventListener("click", () => this.keep(this.settings));
    $("ask-interventions").addEventListener("click", () => this.interventions());
    for (const button of document.querySelectorAll("[data-download]")) {
      button.addEventListener("click", () => this.download(button));
    }
    for (const select of document.querySelectorAll("#which select")) {
      select.addEventListener("change", () => this.other(select));
    }
    $("which").addEventListener("submit", (event) => event.preventDefault());
    $("own").addEventListener("submit", (event) => this.bring(event));
  }

  /** Another question, or other words: an organisation of one's own comes along, and with other words the levers do. */
  other(select) {
    const { own, asked } = given();
    if (own) {
      const form = $("own");
      for (const name of ["people", "links"]) form.elements[name].value = asked[name] ?? "";
      form.elements[select.name].value = select.value;
      form.dataset.read = "yes";
      form.requestSubmit();
      return;
    }
    const said = new URLSearchParams(select.name === "labels" ? window.location.search : "");
    for (const each of document.querySelectorAll("#which select")) said.set(each.name, each.value);
    window.location.assign(`/?${said}`);
  }

  /** The story sets levers only where nobody has moved any. */
  async follow(name) {
    const own = ["now", "shared"].every((each) => String(this.settings) !== String(settingsOf(this.doc, each)));
    if (!own && !this.leftSettings) await super.follow(name);
  }

  /** Sharing leadership leaves the other levers where they are. */
  sharing() {
    return this.doc.levers.map((lever, i) => (lever.shared === lever.now ? this.settings[i] : lever.shared));
  }

  with(lever, value) { return this.settings.map((now, i) => (i === lever ? value : now)); }

  valueOf(lever) {
    if (lever === 0 && $("stays").checked) return STAYS;
    const control = $(`free-${lever}`);
    return this.doc.levers[lever].switch ? Number(control.checked) : Number(control.value);
  }

  /** A lever's value in words. */
  words(i, value) {
    const lever = this.doc.levers[i];
    if (i === 0) return value === STAYS ? "not at all" : `month ${value}`;
    if (lever.switch) return value ? "yes" : "no";
    return lever.unit ? `${value} ${lever.unit}` : `${Math.round(100 * value)}%`;
  }

  /** What differs from as it is, in words, for a heading. */
  heading(settings) {
    const { levers, words } = this.doc;
    const moved = levers.map((lever, i) => i).filter((i) => settings[i] !== levers[i].now);
    if (moved.length === 0) return words.left;
    const named = moved.slice(0, 2).map((i) => `${levers[i].title}: ${this.words(i, settings[i])}`);
    return named.join("; ") + (moved.length > 2 ? `; and ${moved.length - 2} more` : "");
  }

  say(i, value) {
    const lever = this.doc.levers[i];
    if (lever.switch) return;
    const said = this.words(i, value);
    $(`free-${i}-said`).textContent = value === lever.now ? `${said} (as it is)` : said;
    $(`free-${i}`).setAttribute("aria-valuetext", said);
  }

  markLevers(settings) {
    $("stays").checked = settings[0] === STAYS;
    settings.forEach((value, i) => {
      const control = $(`free-${i}`);
      if (this.doc.levers[i].switch) control.checked = value === 1;
      else if (value !== STAYS || i) control.value = value;
      this.say(i, value);
    });
    $("free-0").disabled = settings[0] === STAYS;
  }

  /** Set every lever of the right, ask what comes of it against the left, and show it. */
  async move(settings) {
    this.settings = settings;
    this.markLevers(settings);
    $("futures").dataset.waiting = "yes";
    const left = this.leftSettings ?? this.doc.levers.map((lever) => lever.now);
    let found;
    try {
      found = await this.source.at(settings, left);
    } catch (error) {
      trouble(error.message);
      delete $("futures").dataset.waiting;
      return;
    }
    if (settings !== this.settings) return; // moved on meanwhile
    delete $("futures").dataset.waiting;
    this.found(found);
    this.address();
  }

  found(found) {
    super.found(found);
    const same = (name) => String(this.settings) === String(settingsOf(this.doc, name));
    if (!same("shared") && !same("now")) {
      for (const place of ["right-heading", "right-futures-heading"]) $(place).textContent = this.heading(this.settings);
    }
    if (this.leftSettings && found.place === this.left.place) $("compared").textContent = "The same as the left.";
    if (this.leftSettings) {
      $("both").textContent = `Of ${this.doc.futures} survived: ${this.left.point.counts.s} on the left, ${found.point.counts.s} with these levers.`;
    }
  }

  /** What stands on the right becomes the left, to be compared with. */
  async keep(settings) {
    this.leftSettings = settings;
    $("futures").dataset.waiting = "yes";
    let left;
    try {
      left = await this.source.at(settings, settings);
    } catch (error) {
      trouble(error.message);
      this.leftSettings = null;
      delete $("futures").dataset.waiting;
      return;
    }
    this.left.set(left, this.heading(settings));
    await this.move(this.settings); // which may have moved on meanwhile
  }

  // -- The address -------------------------------------------------------------------------------------------

  /** The levers that differ from as it is, right and left, the month, and whether two are shown. */
  address() {
    if (!this.ready) return;
    const { asked, own } = given();
    const now = new URLSearchParams();
    if (!own) for (const [key, value] of Object.entries(asked)) if (value !== "" && String(value) !== "1") now.set(key, value);
    const write = (settings, prefix) => settings?.forEach((value, i) => {
      const lever = this.doc.levers[i];
      if (value !== lever.now) now.set(prefix + lever.slug, value);
    });
    write(this.settings, "");
    write(this.leftSettings, "left.");
    if (this.panels === 2) now.set("two", 1);
    if (this.month) now.set("month", this.month);
    window.history.replaceState(null, "", own ? window.location.pathname : `/?${now}`);
  }

  readAddress() {
    const said = new URLSearchParams(window.location.search);
    const read = (prefix) => {
      const values = this.doc.levers.map((lever) => said.get(prefix + lever.slug));
      if (values.every((value) => value === null)) return null;
      return this.doc.levers.map((lever, i) => (values[i] === null ? lever.now : Number(values[i])));
    };
    const month = Number(said.get("month"));
    return { levers: { left: read("left."), right: read("") }, month: Number.isFinite(month) ? month : 0, two: said.has("two") };
  }

  pause() {
    super.pause();
    this.address();
  }

  // -- Interventions, downloads, an organisation of one's own -----------------------------------------------------

  /** Pull every lever alone as far as it goes, one question after another, and list what each brings. */
  async interventions() {
    const { levers } = this.doc;
    const now = this.settings;
    const tried = levers.map((lever, i) => i).filter((i) => levers[i].best !== null && levers[i].best !== now[i]);
    const [button, bar] = [$("ask-interventions"), $("interventions-bar")];
    button.disabled = true;
    bar.hidden = false;
    bar.max = tried.length;
    const found = [];
    try {
      for (const i of tried) {
        bar.value = found.length;
        const settings = this.source.named(now.map((value, j) => (j === i ? levers[i].best : value)));
        const odds = await (await ask("/api/odds", { settings, against: this.source.named(now) })).json();
        found.push({ i, value: levers[i].best, ...odds });
      }
      this.list(found.sort((a, b) => b.difference[0] - a.difference[0]));
    } catch (error) {
      trouble(error.message);
    }
    button.disabled = false;
    bar.hidden = true;
  }

  list(found) {
    const sign = (percent) => (percent > 0 ? `+${percent}` : `${percent}`.replace("-", "−"));
    const rows = found.map(({ i, value, difference }) => {
      const { title } = this.doc.levers[i];
      const [middle, low, high] = difference.map((percent) => sign(Math.round(percent)));
      const row = document.createElement("tr");
      for (const words of [title, `${middle} (${low} to ${high})`, ""]) {
        const cell = document.createElement("td");
        cell.textContent = words;
        row.append(cell);
      }
      const set = document.createElement("button");
      set.type = "button";
      set.textContent = "Set it";
      set.setAttribute("aria-label", `Set it: ${title}`);
      set.addEventListener("click", () => this.pulled(this.with(i, value)));
      row.lastChild.append(set);
      return row;
    });
    $("interventions-rows").replaceChildren(...rows);
    $("interventions-table").hidden = false;
    $("said").textContent = `${rows.length} levers, the most helpful first.`;
  }

  async download(button) {
    const label = button.textContent;
    button.disabled = true;
    button.textContent = `${label} …`;
    const { download, name } = button.dataset;
    try {
      const answer = await ask(`/api/download/${download}`, { settings: this.source.named(this.settings) });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) {
      trouble(error.message);
    }
    button.textContent = label;
    button.disabled = false;
  }

  /** A file's text or, where it is none in UTF-8 (a spreadsheet, say), its bytes in base64. */
  async contents(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      if (!bytes.includes(0)) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      // not UTF-8
    }
    return "data:;base64," + btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }

  /** Read the chosen files here and send what they hold; the server answers with the page of that organisation. */
  async bring(event) {
    const form = $("own");
    if (form.dataset.read === "yes") return;
    event.preventDefault();
    for (const name of ["people", "links"]) {
      const [file] = $(`${name}-file`).files;
      form.elements[name].value = file ? await this.contents(file) : "";
    }
    form.dataset.read = "yes";
    form.requestSubmit();
  }
}
