// A small figure for each future: how it went is told by its shape, its colour and in words.

import { make } from "handout/drawing";

const BODY = "M0,-9.2A3.6,3.6 0 1 1 -.01,-9.2ZM-6,9C-6,2 -4.5,-.6 0,-.6C4.5,-.6 6,2 6,9Z";
const CELL = 24;

/** The picture of one way a future can go, for the key. */
export function figure(letter) {
  return make("svg", { viewBox: "-12 -14 24 26", class: `figure ${letter}`, "aria-hidden": "true" }, [shape(letter)]);
}

function shape(letter) {
  return make("path", { d: BODY, transform: letter === "c" ? "translate(0 4) rotate(90)" : "translate(0 2)" });
}

export class Figures {
  /** @param order the futures' numbers in the order in which they stand; @param shown the future that is played */
  constructor(order, shown) {
    this.order = order;
    this.shown = shown;
    this.across = order.length > 100 ? 20 : 10;
    const down = Math.ceil(order.length / this.across);
    this.element = make("svg", { viewBox: `0 0 ${this.across * CELL} ${down * CELL}`, class: "figures", role: "img" });
  }

  show(outcomes, told) {
    this.element.setAttribute("aria-label", told);
    this.element.replaceChildren(...this.order.map((future, i) => {
      const letter = outcomes[future];
      const at = `translate(${(i % this.across + 0.5) * CELL} ${(Math.floor(i / this.across) + 0.5) * CELL})`;
      const parts = [make("g", { transform: "scale(.86)" }, [shape(letter)])];
      if (future === this.shown) parts.unshift(make("circle", { r: 11.5, class: "seen" }));
      return make("g", { transform: at, class: `figure ${letter}`, "data-future": future }, parts);
    }));
  }
}

/** The futures in order: those that survive as things are first, then those that collapse, then never took hold. */
export function inOrder(outcomes) {
  const rank = { s: 0, c: 1, n: 2 };
  return [...outcomes].map((letter, future) => ({ letter, future }))
    .sort((a, b) => rank[a.letter] - rank[b.letter] || a.future - b.future)
    .map(({ future }) => future);
}

/** How the futures went, in a sentence. */
export function told(point) {
  const { n, c, s } = point.counts;
  const all = n + c + s;
  const never = n ? `, in ${n} it never took hold` : "";
  return `In ${c} of ${all} futures the change collapsed${never}, in ${s} it survived.`;
}

/** How survival differs from the scenario as it is, in a sentence. */
export function compared(point, futures) {
  const [difference, low, high] = point.difference.map((percent) => Math.round(percent * futures / 100));
  const range = `(95%: ${between(low, high)})`;
  if (difference === 0 && low <= 0 && high >= 0) return `As many of ${futures} survive as on the left ${range}.`;
  const clear = low > 0 || high < 0 ? "" : " That is not clear of chance.";
  return `${said(difference)} of ${futures} survive than on the left ${range}.${clear}`;
}

const said = (n) => `${Math.abs(n)} ${n < 0 ? "fewer" : "more"}`;

/** A range of more and fewer, in words. */
function between(low, high) {
  if (low >= 0) return `${low} to ${high} more`;
  if (high <= 0) return `${-high} to ${-low} fewer`;
  return `${said(low)} to ${said(high)}`;
}
