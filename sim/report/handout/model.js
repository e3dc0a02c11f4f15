// What comes of levers: the settings that they make, the futures played of them, and what these say.

import { counts, difference, judge, mean, wilson } from "handout/odds";
import { calendar, departures, withKeys } from "handout/player";
import { Future } from "handout/future";

const EMPTIED = 16;
const KEPT = 60;

/** One side of the page: where each lever stands, and who is taken away when. */
export const asItIs = (doc) => ({ values: doc.levers.map((lever) => lever.now), taken: [] });

/** Whether two sides are set alike. */
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Model {
  constructor(doc, crew) {
    this.doc = doc;
    this.crew = crew;
    this.known = new Map();
    /** The place of the lever that says when the director leaves. */
    this.when = doc.levers.findIndex(({ kind }) => kind === "when");
    const { setting } = doc;
    this.base = setting;
    this.reference = setting.measure.reference_month ?? departures(setting)[0];
    const reached = setting.measure.horizons.filter((months) => this.reference + months <= setting.months);
    /** The horizons at which futures are judged, in months. */
    this.horizons = [...new Set([...reached, setting.measure.horizon])].sort((a, b) => a - b);
    /** The one at which the page looks. */
    this.horizon = setting.measure.horizon;
  }

  // -- Settings ----------------------------------------------------------------------------------------------

  /** What one lever's value sets. */
  keys(lever, value) {
    if (value === lever.now) return {};
    if (lever.kind === "switch") return lever.on;
    return Object.fromEntries(lever.keys.map((key) => [key, value]));
  }

  /** Every key that a side sets, beside what the scenario says. */
  changes({ values }) {
    const { levers, departure } = this.doc;
    const out = {};
    levers.forEach((lever, i) => { if (i !== this.when) Object.assign(out, this.keys(lever, values[i])); });
    const usual = this.base.events[departure].month;
    const when = values[this.when];
    let { reference } = this;
    if (when === null) out[`events.${departure}.enabled`] = false;
    else if (when !== usual) {
      if (reference === usual) reference += when - usual;
      out[`events.${departure}.month`] = when;
    }
    return { ...out, "measure.reference_month": reference };
  }

  /** The setting of a side, in a plausible world or as assumed. `short`: no longer than the usual verdict takes. */
  setting(side, { world = {}, short = false } = {}) {
    const keys = this.changes(side);
    const reference = keys["measure.reference_month"];
    const months = short ? reference + this.horizon : Math.max(this.base.months, reference + this.horizons.at(-1));
    const removals = side.taken.map(({ seats, month }) => ({ seats, month, how: EMPTIED }));
    return { ...withKeys(withKeys(this.base, world), keys), months, removals };
  }

  // -- Playing -----------------------------------------------------------------------------------------------

  /** Every future of a side, each with its practice and what happened; played once, as long as it is remembered. */
  futures(side, options = {}) {
    const key = JSON.stringify(side);
    if (!this.known.has(key)) {
      if (this.known.size >= KEPT) this.known.delete(this.known.keys().next().value);
      const asked = this.crew.play([this.setting(side)], this.doc.futures, { seed: this.doc.seed, ...options })
        .then((found) => found.map(([told]) => told));
      this.known.set(key, asked);
      asked.catch(() => this.known.delete(key));
    }
    return this.known.get(key);
  }

  /** One future of a side as it is shown, with everybody in it. */
  async future(side, number) {
    const [[told]] = await this.crew.play([this.setting(side)], [number], { seed: this.doc.seed, people: true });
    return new Future(told);
  }

  /** How each future went, at a horizon. */
  outcomes(side, futures, horizon = this.horizon) {
    const { measure } = this.setting(side);
    return futures.map((told) => judge(told.practice, measure, horizon));
  }

  /** What a side's futures say, against those of another side; shares are percentages. */
  async point(side, against, options = {}) {
    const [futures, others] = await Promise.all([this.futures(side, options), this.futures(against, options)]);
    const { horizon } = this;
    const reference = this.setting(side).measure.reference_month;
    const outcomes = this.outcomes(side, futures);
    const percents = (values) => values.map((value) => 100 * value);
    return {
      outcomes,
      counts: counts(outcomes),
      horizons: this.horizons.map((months) => ({ months, counts: counts(this.outcomes(side, futures, months)) })),
      survived: percents(wilson(counts(outcomes).s, outcomes.length)),
      difference: percents(difference(outcomes, this.outcomes(against, others))),
      practice: percents([reference, reference + horizon].map((month) => mean(futures.map((told) => told.practice[month])))),
      reference,
      end: reference + horizon,
      futures,
    };
  }

  /**
   * How the futures of several sides go, no longer than the usual verdict takes: [{ outcomes, practice }] by side.
   * `number`: of futures; `options`: as `Crew.play` takes them, and the world.
   */
  async quickly(sides, number, { world = {}, ...options } = {}) {
    const settings = sides.map((side) => this.setting(side, { world, short: true }));
    const found = await this.crew.play(settings, number, { seed: this.doc.seed, urgent: false, ...options });
    return settings.map((setting, i) => {
      const month = setting.measure.reference_month;
      const practices = found.map((future) => future[i].practice);
      return {
        outcomes: practices.map((practice) => judge(practice, setting.measure, this.horizon)),
        practice: mean(practices.map((practice) => practice[month + this.horizon])),
      };
    });
  }

  /**
   * To whom a seat's holder listens in a month, and by how much, the most first: b_ij v_j, as sim/model/rules.py has it.
   * Own weight is not among it.
   */
  heard(setting, organisation, future, seat, month) {
    const { seats, kinds } = organisation;
    const { source, target, kind, weight, pair } = future.told.links;
    const tables = calendar(setting).parameters[month];
    const mine = target.flatMap((to, i) => (to === seat ? [i] : []));
    const isFellow = (i) => kinds[kind[i]].slug === "peer" && seats[seat].manager >= 0 && seats[source[i]].manager === seats[seat].manager;
    const fellows = mine.filter(isFellow).length;
    const found = new Map();
    for (const i of mine) {
      const from = source[i];
      if (!future.stands({ a: from, b: seat, pair: pair[i] }, month)) continue;
      const attended = isFellow(i) ? Math.min(1, tables.influence.attention / fellows) : 1;
      const voice = Math.max(tables.roles[seats[from].role].authority + future.leadership(from, month) / 100, tables.influence.voice_floor);
      found.set(from, (found.get(from) ?? 0) + tables.influence[kinds[kind[i]].slug] * weight[i] * attended * voice);
    }
    return [...found].map(([from, share]) => ({ from, weight: share })).sort((a, b) => b.weight - a.weight || a.from - b.from);
  }
}
