// "On whom does it rest?": the person under the pointer, and what is lost with a person, a team or a role.

import { counts, difference } from "handout/odds";

const $ = (id) => document.getElementById(id);
const BATCH = 8;
const SHOWN = 12;

const element = (name, words = "") => {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
};

const percent = (number) => `${Math.round(number)}%`;

/** Who is pointed at or tapped: what is known of them this month, and what moves them. */
export class Person {
  constructor(page) {
    this.page = page;
    this.seat = null;
    for (const name of ["left", "right"]) {
      const place = $(`${name}-drawing`);
      const seatAt = (event) => {
        const found = event.target.closest?.(".person");
        return found ? Number(found.dataset.seat) : null;
      };
      place.addEventListener("pointerover", (event) => { if (!this.held) this.at(name, seatAt(event)); });
      place.addEventListener("click", (event) => {
        const seat = seatAt(event);
        const box = event.target.closest?.(".team");
        if (seat !== null) this.hold(name, seat);
        else if (box) this.open(name, Number(box.dataset.manager));
        else { this.held = false; this.at(name, null); this.open(name, null); }
      });
    }
    $("who").addEventListener("change", () => this.hold("left", $("who").value === "" ? null : Number($("who").value)));
    $("team-near").addEventListener("click", () => this.open(this.side, this.opened === null || this.opened === undefined ? this.team() : null));
    for (const [id, which] of [["take-person", "person"], ["take-team", "team"], ["take-role", "role"]]) {
      $(id).addEventListener("click", () => this.page.rests.take(this.seats(which), this.named(which)));
    }
    $("person-close").addEventListener("click", () => { this.held = false; this.at(this.side, null); });
  }

  hold(name, seat) {
    this.held = seat !== null;
    this.at(name, seat);
  }

  at(name, seat) {
    if (seat === this.seat && name === this.side) return;
    this.side = name;
    this.seat = seat;
    for (const each of [this.page.left, this.page.right]) each.drawing?.mark(seat === null ? [] : [seat]);
    this.show();
  }

  /** The manager of the team that the seat leads, or belongs to. */
  team() {
    const { seats } = this.page.organisation;
    if (this.seat === null) return null;
    return seats.some(({ manager }) => manager === this.seat) ? this.seat : seats[this.seat].manager;
  }

  /** Come close to a team and its manager, or stand back (null). */
  open(name, manager) {
    this.opened = manager !== null && manager >= 0 && manager !== this.opened ? manager : null;
    const { seats } = this.page.organisation;
    const numbers = this.opened === null ? null : [this.opened, ...seats.flatMap((seat, i) => (seat.manager === this.opened ? [i] : []))];
    for (const each of [this.page.left, this.page.right]) each.drawing?.close(numbers);
    $("team-near").textContent = this.opened === null ? "Open their team" : "Show everybody";
  }

  seats(which) {
    const { seats } = this.page.organisation;
    if (which === "person") return [this.seat];
    if (which === "role") return seats.flatMap((seat, i) => (seat.role === seats[this.seat].role ? [i] : []));
    const manager = this.team();
    return [manager, ...seats.flatMap((seat, i) => (seat.manager === manager ? [i] : []))];
  }

  /** What some seats are called together. */
  nameOf(numbers) {
    const { seats, roles } = this.page.organisation;
    const wanted = [...numbers].sort((a, b) => a - b).join();
    const of = (rule) => seats.flatMap((seat, i) => (rule(seat, i) ? [i] : [])).join();
    if (numbers.length === 1) return seats[numbers[0]].label;
    const role = roles.find(({ slug }) => of((seat) => seat.role === slug) === wanted);
    if (role) return `all ${role.several}`;
    const head = numbers.find((number) => of((seat, i) => i === number || seat.manager === number) === wanted);
    return head === undefined ? `${numbers.length} people` : `the team of ${seats[head].label}`;
  }

  named(which) {
    const { seats, roles } = this.page.organisation;
    if (which === "person") return seats[this.seat].label;
    if (which === "role") return `all ${roles.find(({ slug }) => slug === seats[this.seat].role).several}`;
    return `the team of ${seats[this.team()].label}`;
  }

  /** Fill the card. */
  show() {
    const { page, seat } = this;
    const side = page[this.side ?? "left"];
    $("person").dataset.shown = seat === null ? "no" : "yes";
    $("who").value = seat === null ? "" : String(seat);
    if (seat === null || !side?.future) return;
    const { future, point } = side;
    const month = Math.min(page.month, point.end);
    $("person-name").textContent = `${page.organisation.seats[seat].label}, month ${month}`;
    const facts = future.present(seat, month)
      ? [`${percent(future.commitment(seat, month))} committed`, `${percent(future.practiceOf(seat, month))} of work done the new way`, `leads: ${percent(future.leadership(seat, month))}`]
      : ["nobody in post"];
    $("person-facts").textContent = facts.join(" · ");
    $("person-moved").textContent = this.moved(side, seat, month);
    const role = page.organisation.roles.find(({ slug }) => slug === page.organisation.seats[seat].role);
    $("take-role").hidden = role.seats === 1;
    const manager = this.team();
    $("take-team").hidden = manager === null || manager < 0;
    $("team-near").hidden = $("take-team").hidden;
  }

  /** Who moves somebody most this month: shares of all that they listen to. */
  moved({ future, side }, seat, month) {
    const { organisation, model } = this.page;
    const heard = model.heard(model.setting(side), organisation, future, seat, month);
    const all = heard.reduce((sum, { weight }) => sum + weight, 0);
    if (!all) return "Nobody speaks to them.";
    const words = heard.slice(0, 3).map(({ from, weight }) => `${organisation.seats[from].label} (${percent(100 * weight / all)})`);
    return `Listens most to: ${words.join(", ")}${heard.length > 3 ? ` and ${heard.length - 3} more` : ""}.`;
  }
}

/** What is lost with somebody: taken away on the right, or everybody tried in turn. */
export class Rests {
  constructor(page) {
    this.page = page;
    $("ask-rests").addEventListener("click", () => this.everybody());
    $("taken").addEventListener("click", (event) => {
      const { put } = event.target.dataset;
      if (put === undefined) return;
      const { side } = this.page;
      this.page.pulled({ ...side, taken: side.taken.filter((_, i) => i !== Number(put)) });
    });
  }

  /** Another organisation: nobody is taken away, and the list of people is a new one. */
  around() {
    const { seats } = this.page.organisation;
    const none = element("option", "choose somebody");
    none.value = "";
    $("who").replaceChildren(none, ...seats.map(({ label }, seat) => {
      const option = element("option", label);
      option.value = seat;
      return option;
    }));
    $("rests-table").hidden = true;
    $("rests-stale").hidden = true;
  }

  take(seats, name) {
    const { side, month } = this.page;
    this.page.pulled({ ...side, taken: [...side.taken, { seats, name, month }] });
  }

  mark() {
    const key = JSON.stringify(this.page.side);
    $("rests-stale").hidden = $("rests-table").hidden || this.asked === key;
    const { taken } = this.page.side;
    $("taken").replaceChildren(...taken.map(({ name, month }, i) => {
      const button = element("button", `Without ${name} from month ${month}: put back`);
      button.type = "button";
      button.dataset.put = i;
      const item = element("li");
      item.append(button);
      return item;
    }));
  }

  /** Take away every role, team and person in turn, in the month shown, and list what is lost with each. */
  async everybody() {
    const { page } = this;
    const { doc, model, organisation, month, side } = page;
    const { seats, roles } = organisation;
    const of = (wanted) => seats.flatMap((seat, i) => (wanted(seat, i) ? [i] : []));
    const tried = [
      ...roles.filter((role) => role.seats > 1).map((role) => ({ name: `all ${role.several}`, seats: of((seat) => seat.role === role.slug) })),
      ...seats.map(({ label }, i) => ({ name: label, seats: [i] })),
    ];
    const button = $("ask-rests");
    button.disabled = true;
    this.asked = JSON.stringify(side);
    $("rests-stale").hidden = true;
    this.stop?.abort();
    this.stop = new AbortController();
    const options = { signal: this.stop.signal };
    try {
      const [base] = await model.quickly([side], doc.futures, options);
      const found = [];
      for (let first = 0; first < tried.length; first += BATCH) {
        page.told(`${first} of ${tried.length} taken away in turn`);
        const some = tried.slice(first, first + BATCH);
        const lost = await model.quickly(some.map((each) => ({ ...side, taken: [...side.taken, { ...each, month }] })), doc.futures, options);
        some.forEach((each, k) => found.push({ ...each, loss: 100 * (base.practice - lost[k].practice), fewer: difference(lost[k].outcomes, base.outcomes), s: counts(lost[k].outcomes).s }));
        this.list(found.sort((a, b) => b.loss - a.loss), base, month);
      }
      $("said").textContent = `It rests most on ${found[0].name}.`;
    } catch (error) {
      if (error.name !== "AbortError") page.trouble(error.message);
    }
    page.told("");
    button.disabled = false;
  }

  list(found, base, month) {
    const { director } = this.page.organisation;
    const shown = found.filter(({ seats }, i) => i < SHOWN || (seats.length === 1 && seats[0] === director));
    const rows = shown.map(({ name, seats, loss, fewer }) => {
      const row = element("tr");
      const [middle, low, high] = fewer.map((share) => Math.round(this.page.doc.futures * share));
      const signed = (number) => (number > 0 ? `+${number}` : `${number}`.replace("-", "−"));
      const bar = element("td");
      bar.className = "bar";
      const fill = element("i");
      fill.style.width = `${Math.max(0, Math.min(100, loss))}%`;
      bar.append(fill);
      const take = element("button", "Take away");
      take.type = "button";
      take.setAttribute("aria-label", `Take away: ${name}`);
      take.addEventListener("click", () => {
        this.page.look("futures");
        this.page.pulled({ ...this.page.side, taken: [...this.page.side.taken, { seats, name, month }] });
      });
      const last = element("td");
      last.append(take);
      const points = loss >= 0 ? `${loss.toFixed(1)} points less` : `${(-loss).toFixed(1)} points more`;
      row.append(element("td", name[0].toUpperCase() + name.slice(1)), bar, element("td", points), element("td", `${signed(middle)} (${signed(low)} to ${signed(high)})`), last);
      return row;
    });
    $("rests-rows").replaceChildren(...rows);
    $("rests-table").hidden = false;
    $("rests-caption").textContent = `Taken away in month ${month}, and nobody follows. With nobody taken away, ${Math.round(100 * base.practice)}% of work is done the new way at the end, and ${counts(base.outcomes).s} of ${this.page.doc.futures} survive.${found.length > shown.length ? ` The other ${found.length - shown.length} are missed less.` : ""}`;
  }
}
