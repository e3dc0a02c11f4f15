// The organisation as a picture: roles by shape, links by line, commitment by colour, leadership by size.

import { lines } from "handout/organisation";

const SVG = "http://www.w3.org/2000/svg";
const SMALL = 0.28;
const GROWTH = 0.2;
const CLOSE = 0.58;

/** An SVG element with attributes. */
export function make(name, attributes = {}, inside = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

/** A closed outline through corners given as [radius, degrees from the top]. */
const outline = (corners) => `M${corners.map(([r, turn]) => {
  const a = (turn - 90) * Math.PI / 180;
  return `${(r * Math.cos(a)).toFixed(3)},${(r * Math.sin(a)).toFixed(3)}`;
}).join("L")}Z`;

const regular = (n, r, from = 0) => outline(Array.from({ length: n }, (_, i) => [r, from + i * 360 / n]));
const star = (n, r, inner) => outline(Array.from({ length: 2 * n }, (_, i) => [i % 2 ? inner : r, i * 180 / n]));

/** One outline a role, each of about the same area as a circle of radius 1. */
export const SHAPES = {
  director: star(5, 1.6, 0.72),
  lead_member: "M-.42,-1.15H.42V-.42H1.15V.42H.42V1.15H-.42V.42H-1.15V-.42H-.42Z",
  middle_manager: regular(4, 1.27, 45),
  practitioner: "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z",
  back_office: regular(4, 1.27, 0),
  vcs_partner: regular(3, 1.5, 0),
  lived_experience_member: regular(3, 1.5, 180),
  health_partner: regular(6, 1.12, 0),
  change_facilitator: "M0,-.55L.62,-1.17L1.17,-.62L.55,0L1.17,.62L.62,1.17L0,.55L-.62,1.17L-1.17,.62L-.55,0L-1.17,-.62L-.62,-1.17Z",
};

/** The class that colours a commitment, in steps of ten. */
export const shade = (commitment) => `c${Math.round(commitment / 10)}`;

const radius = (leadership) => SMALL + GROWTH * leadership / 100;

/** A small picture of a role's shape, for the legend. */
export function sign(role) {
  return make("svg", { viewBox: "-1.7 -1.7 3.4 3.4", class: "sign", "aria-hidden": "true" }, [
    make("path", { d: SHAPES[role], class: "shape" }),
  ]);
}

export class Drawing {
  /** @param organisation of `withWords`  @param words doc.words */
  constructor(organisation, words) {
    this.organisation = organisation;
    const { seats } = organisation;
    const xs = seats.map((seat) => seat.x);
    const ys = seats.map((seat) => seat.y);
    this.whole = [Math.min(...xs) - 0.9, Math.min(...ys) - 0.9, 0, 0];
    this.whole[2] = Math.max(...xs) + 0.9 - this.whole[0];
    this.whole[3] = Math.max(...ys) + 0.75 - this.whole[1];
    this.element = make("svg", { viewBox: this.whole.join(" "), class: "organisation", role: "img" });
    this.boxes(seats);
    this.groups = {};
    for (const look of ["horizontal inside", "horizontal across", "external support", "vertical"]) {
      this.groups[look] = make("g", { class: `links ${look.replace(" ", "-")}` });
      this.element.append(this.groups[look]);
    }
    this.lines = [];
    this.people = seats.map((seat, number) => this.person(seat, number));
    const director = seats[organisation.director];
    this.empty = make("circle", { cx: director.x, cy: director.y, r: 0.66, class: "empty" });
    this.label = make("text", { x: director.x + 0.9, y: director.y + 0.2, class: "name" }, [words.director]);
    this.element.append(this.empty, this.label);
    this.words = words;
  }

  /** Draw the links that a future has. */
  links(future) {
    if (this.linksOf === future.told.links) return;
    this.linksOf = future.told.links;
    for (const group of Object.values(this.groups)) group.replaceChildren();
    const { seats } = this.organisation;
    for (const { manager, x, y } of this.teams) {
      if (seats[manager]) this.groups.vertical.append(make("line", { x1: seats[manager].x, y1: seats[manager].y, x2: x, y2: y }));
    }
    const drawn = lines(this.organisation, future.told.links).filter(({ a, b, look }) => look !== "vertical" || !(this.boxed.has(a) || this.boxed.has(b)));
    this.lines = drawn.map((link) => {
      const [a, b] = [seats[link.a], seats[link.b]];
      const line = make("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y });
      this.groups[link.look].append(line);
      return { link, line, stands: true };
    });
  }

  /**
   * A box round the people of one manager: in it everybody is linked with everybody. One line leads to those in it who
   * manage nobody (`boxed`), not one to each.
   */
  boxes(seats) {
    const teams = new Map();
    this.teams = [];
    this.boxed = new Set();
    seats.forEach((seat, number) => {
      if (seat.manager >= 0) teams.set(seat.manager, [...(teams.get(seat.manager) ?? []), number]);
    });
    for (const [manager, team] of teams) {
      if (team.length < 2) continue;
      const at = (key, which, more) => Math[which](...team.map((number) => seats[number][key])) + more;
      const [x, y] = [at("x", "min", -CLOSE), at("y", "min", -CLOSE)];
      const [width, height] = [at("x", "max", CLOSE) - x, at("y", "max", CLOSE) - y];
      this.element.append(make("rect", { x, y, width, height, rx: 0.45, class: "team", "data-manager": manager }));
      const leaves = team.filter((number) => !teams.has(number));
      for (const number of leaves) this.boxed.add(number);
      if (leaves.length) this.teams.push({ manager, x: leaves.length === team.length ? x + width / 2 : seats[leaves[0]].x, y });
    }
  }

  /** Come close to some seats, or stand back to see all (null). */
  close(numbers) {
    const seats = numbers?.map((number) => this.organisation.seats[number]);
    const at = (key, which, more) => Math[which](...seats.map((seat) => seat[key])) + more;
    const box = seats ? [at("x", "min", -1.2), at("y", "min", -1.2), at("x", "max", 1.2) - at("x", "min", -1.2), at("y", "max", 1.2) - at("y", "min", -1.2)] : this.whole;
    this.element.setAttribute("viewBox", box.join(" "));
    this.element.classList.toggle("near", seats !== undefined);
  }

  /** Mark the people of some seats. */
  mark(numbers) { this.people.forEach(({ group }, seat) => group.classList.toggle("marked", numbers.includes(seat))); }

  person(seat, number) {
    const shape = make("path", { d: SHAPES[seat.role], class: "shape" });
    const ring = make("circle", { class: "ring" });
    const group = make("g", { class: "person", transform: `translate(${seat.x} ${seat.y})`, "data-seat": number }, [ring, shape]);
    this.element.append(group);
    return { group, shape, ring, more: seat.role === "director" ? 1.25 : 1 };
  }

  /** Show a month of a future. */
  show(future, month) {
    this.links(future);
    this.people.forEach(({ group, shape, ring, more }, seat) => {
      if (!future.present(seat, month)) {
        this.look(group, "person gone");
        return;
      }
      const r = more * radius(future.leadership(seat, month));
      const leads = future.leads(seat, month);
      this.look(group, leads ? "person leads" : "person");
      shape.setAttribute("class", `shape ${shade(future.commitment(seat, month))}`);
      shape.setAttribute("transform", `scale(${r.toFixed(3)})`);
      if (leads) ring.setAttribute("r", (1.25 * r + 0.1).toFixed(3));
    });
    for (const each of this.lines) {
      const stands = future.stands(each.link, month);
      if (stands !== each.stands) {
        each.line.classList.toggle("lost", !stands);
        each.stands = stands;
      }
    }
    const here = future.present(this.organisation.director, month);
    this.empty.classList.toggle("shown", !here);
    this.label.textContent = here ? this.words.director : this.words.empty_seat;
  }

  look(group, kind) { group.setAttribute("class", group.classList.contains("marked") ? `${kind} marked` : kind); }
}

/** How many of each role lead the change at a month, as a sentence, and how many in all. */
export function whoLeads(organisation, future, month) {
  const count = {};
  organisation.seats.forEach((seat, number) => {
    if (future.leads(number, month)) count[seat.role] = (count[seat.role] ?? 0) + 1;
  });
  const parts = organisation.roles
    .filter((role) => count[role.slug])
    .map((role) => (role.seats === 1 ? role.one : `${count[role.slug]} ${count[role.slug] === 1 ? role.one : role.several}`));
  return { all: Object.values(count).reduce((a, b) => a + b, 0), words: parts.join(", ") || "nobody" };
}
