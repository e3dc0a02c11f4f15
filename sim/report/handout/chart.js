// The line of practice growing month by month, and momentum beneath it.

import { make } from "handout/drawing";

const LEFT = 46;
const RIGHT = 26;
const TOP = 12;
const BETWEEN = 16;
const BOTTOM = 22;
const STRONGEST = 3;
const LETTER = 7;

/** A future's practice and momentum up to a month. Draws in CSS pixels, so that letters keep their size. */
export class Chart {
  /** @param survival the share of practice that must be left  @param size where it is not to be measured */
  constructor(element, survival, size = null) {
    this.element = element;
    this.survival = survival;
    this.size = size;
    this.svg = make("svg", { class: "chart", role: "img" });
    element.append(this.svg);
  }

  /**
   * @param future  what is drawn
   * @param point   its verdict and events
   * @param month   up to where
   * @param last    the row at the right-hand end
   * @param beside  another future, its line drawn faintly, or null
   */
  show(future, point, month, last, beside = null) {
    const [width, height] = this.size ?? [Math.max(240, this.element.clientWidth), Math.max(110, this.element.clientHeight)];
    const strip = Math.round(0.28 * height);
    const floor = height - BOTTOM - strip - BETWEEN;
    const x = (m) => LEFT + (width - LEFT - RIGHT) * m / last;
    const y = (percent) => floor - (floor - TOP) * percent / 100;
    const zero = height - BOTTOM - strip / 2;
    const z = (momentum) => zero - (strip / 2) * Math.max(-1, Math.min(1, momentum / STRONGEST));
    const parts = [];
    const text = (at, top, words, kind, anchor = "middle") =>
      parts.push(make("text", { x: at, y: top, class: kind, "text-anchor": anchor }, [words]));
    for (const percent of [0, 50, 100]) {
      parts.push(make("line", { x1: LEFT, x2: width - RIGHT, y1: y(percent), y2: y(percent), class: "grid" }));
      text(LEFT - 6, y(percent) + 4, `${percent}%`, "tick", "end");
    }
    const step = last > 60 ? 24 : 12;
    for (let m = 0; m <= last; m += step) text(x(m), height - BOTTOM + 16, m ? `year ${m / 12}` : "start", "tick");
    parts.push(make("line", { x1: LEFT, x2: width - RIGHT, y1: zero, y2: zero, class: "axis" }));
    text(LEFT - 6, zero - strip / 4 + 2, "gains", "tick", "end");
    text(LEFT - 6, zero + strip / 4 + 8, "loses", "tick", "end");
    const t = point.reference;
    const end = Math.min(month, point.end);
    if (month >= t) {
      const half = y(future.practice[t] * this.survival);
      parts.push(make("line", { x1: x(t), x2: x(point.end), y1: half, y2: half, class: "half" }));
      text(width - RIGHT, half + 15, "below: collapsed", "mark", "end");
    }
    const happened = point.events.filter((event) => event.month < month);
    for (const event of happened) {
      parts.push(make("line", { x1: x(event.month), x2: x(event.month), y1: TOP - 4, y2: height - BOTTOM, class: `event ${event.kind}` }));
    }
    if (end > 0) {
      const area = [`M${x(1)},${zero}`];
      for (let m = 1; m <= end; m += 1) area.push(`L${x(m).toFixed(1)},${z(future.momentum[m] ?? 0).toFixed(1)}`);
      area.push(`L${x(end)},${zero}Z`);
      const clip = (id, top, tall) => make("clipPath", { id }, [make("rect", { x: 0, y: top, width, height: tall })]);
      const name = this.element.id;
      parts.push(clip(`${name}-up`, zero - strip, strip), clip(`${name}-down`, zero, strip));
      parts.push(make("path", { d: area.join(""), class: "gaining", "clip-path": `url(#${name}-up)` }));
      parts.push(make("path", { d: area.join(""), class: "losing", "clip-path": `url(#${name}-down)` }));
    }
    const line = (each) => Array.from({ length: end + 1 }, (_, m) =>
      `${m ? "L" : "M"}${x(m).toFixed(1)},${y(each.practice[m]).toFixed(1)}`).join("");
    const written = Array.from({ length: end + 1 }, (_, m) => `${m ? "L" : "M"}${x(m).toFixed(1)},${y(future.embedding[m]).toFixed(1)}`).join("");
    parts.push(make("path", { d: written, class: "written" }));
    if (beside) parts.push(make("path", { d: line(beside), class: "beside" }));
    parts.push(make("path", { d: line(future), class: "practice" }));
    parts.push(make("circle", { cx: x(end), cy: y(future.practice[end]), r: 5, class: "now" }));
    let taken = 0;
    let row = 0;
    for (const { month: when, kind, short } of happened) {
      const wide = LETTER * short.length;
      const before = kind === "leaves" && x(when) - wide > LEFT;
      const from = before ? x(when) - wide : x(when) + 4;
      row = from < taken ? row + 1 : 0;
      taken = Math.max(taken, from + wide);
      text(before ? x(when) - 4 : from, TOP + 4 + 13 * row, short, `mark ${kind}`, before ? "end" : "start");
    }
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.replaceChildren(...parts);
  }
}
