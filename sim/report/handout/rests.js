// "On whom does it rest?": the person under the pointer, and what is lost with a person, a team or a role.

import { $, bar, button, element, more, row } from "handout/dom";
import { counts, difference } from "handout/odds";
import { same } from "handout/model";

const BATCH = 8;
const SHOWN = 12;

const percent = (number) => `${Math.round(number)}%`;

/** Who is pointed at or tapped: what is known of them this month, and what moves them. */
export class Person {
  constructor(page) {
    this.page = page;
    this.seat = null;
    this.opened = null;
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
        else if (box) this.open(Number(box.dataset.manager));
        else { this.hold(name, null); this.open(null); }
      });
    }
    $("who").addEventListener("change", () => this.hold("left", $("who").value === "" ? null : Number($("who").value)));
    $("team-near").addEventListener("click", () => this.open(this.opened === null ? this.team() : null));
    for (const [id, which] of [["take-person", "person"], ["take-team", "team"], ["take-role", "role"]]) {
      $(id).addEventListener("click", () => this.page.rests.take(this.seats(which)));
    }
    $("person-close").addEventListener("click", () => this.hold(this.side, null));
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
  open(manager) {
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

  /** Somebody who is taken away, in words. */
  without({ seats, month }) { return `Without ${this.nameOf(seats)} from month ${month}`; }

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

  take(seats, month = this.page.month) {
    const { side } = this.page;
    this.page.pulled({ ...side, taken: [...side.taken, { seats, month }] });
  }

  mark() {
    const { page } = this;
    const { side } = page;
    $("rests-stale").hidden = $("rests-table").hidden || same(this.asked, side);
    $("taken").replaceChildren(...side.taken.map((each) => {
      const item = element("li");
      const put = () => page.pulled({ ...side, taken: side.taken.filter((one) => one !== each) });
      item.append(button(`${page.person.without(each)}: put back`, put));
      return item;
    }));
  }

  /** Take away every role, team and person in turn, in the month shown, and list what is lost with each. */
  async everybody() {
    const { page } = this;
    const { doc, model, organisation, month, side } = page;
    const { seats, roles } = organisation;
    const of = (wanted) => seats.flatMap((seat, i) => (wanted(seat, i) ? [i] : []));
    const tried = [...roles.filter((role) => role.seats > 1).map(({ slug }) => of(({ role }) => role === slug)), ...seats.map((_, i) => [i])];
    $("ask-rests").disabled = true;
    this.asked = side;
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
        const lost = await model.quickly(some.map((numbers) => ({ ...side, taken: [...side.taken, { seats: numbers, month }] })), doc.futures, options);
        some.forEach((numbers, k) => found.push({
          seats: numbers, loss: 100 * (base.practice - lost[k].practice), fewer: difference(lost[k].outcomes, base.outcomes),
        }));
        this.list(found.sort((a, b) => b.loss - a.loss), base, month);
      }
      $("said").textContent = `It rests most on ${page.person.nameOf(found[0].seats)}.`;
    } catch (error) {
      if (error.name !== "AbortError") page.trouble(error.message);
    }
    page.told("");
    $("ask-rests").disabled = false;
  }

  list(found, base, month) {
    const { page } = this;
    const { futures } = page.doc;
    const { director } = page.organisation;
    const shown = found.filter(({ seats }, i) => i < SHOWN || (seats.length === 1 && seats[0] === director));
    const rows = shown.map(({ seats, loss, fewer }) => {
      const name = page.person.nameOf(seats);
      const points = `${Math.abs(loss).toFixed(1)} points ${loss >= 0 ? "less" : "more"}`;
      const take = () => {
        page.look("futures");
        this.take(seats, month);
      };
      const cells = [name[0].toUpperCase() + name.slice(1), bar(Math.max(0, loss / 100)), points, more(fewer, futures)];
      return row([...cells, button("Take away", take, `Take away: ${name}`)]);
    });
    $("rests-rows").replaceChildren(...rows);
    $("rests-table").hidden = false;
    $("rests-caption").textContent = `Taken away in month ${month}, and nobody follows. With nobody taken away, ${Math.round(100 * base.practice)}% of work is done the new way at the end, and ${counts(base.outcomes).s} of ${futures} survive.${found.length > shown.length ? ` The other ${found.length - shown.length} are missed less.` : ""}`;
  }
}
