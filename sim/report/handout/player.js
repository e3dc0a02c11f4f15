// Plays the model: the compiled engine that Python runs, in a worker of the page. Nothing is asked of a network.
//
// The twin of sim/model/calendar.py (what is scheduled when) and of sim/base/machine.py with sim/model/engine.py (how
// numbers are laid out for the engine, and which of its functions are called). No equation stands here, and none may:
// they are in sim/model/rules.py, and the engine is made of them. Fields of a state, a draw or a parameter come by name
// from sim/report/handout/shapes.py. tests/test_page_model.py holds all of it to Python, to the bit.

const PAGE = 1 << 16;
const LINE = 64;
const WIDTHS = [1, 4, 8];
const [ENDED, NOT_RENEWED, TAKEN_UP] = [1, 2, 4];
const VIEWS = { f: Float64Array, i: BigInt64Array, u: BigUint64Array };

// -- What is scheduled when --------------------------------------------------------------------------------------

export const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** `base` with `over` laid on top: tables merge, everything else replaces. */
function merged(base, over) {
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    out[key] = isTable(value) && isTable(out[key]) ? merged(out[key], value) : value;
  }
  return out;
}

/** A setting with dotted keys set. */
export function withKeys(setting, keys) {
  let out = setting;
  for (const [key, value] of Object.entries(keys)) {
    out = merged(out, key.split(".").reduceRight((inside, name) => ({ [name]: inside }), value));
  }
  return out;
}

const eventsOf = (setting) => Object.values(setting.events).filter((event) => event.enabled);

/** The director's scheduled departures, earliest first. */
export const departures = (setting) =>
  eventsOf(setting).filter((event) => event.kind === "director_leaves").map((event) => event.month).sort((a, b) => a - b);

/** How a departure goes: the event's own words where it has any, else those of [succession]. */
function terms(tables, event = {}) {
  const said = (key) => event[key] ?? tables.succession[key];
  return {
    vacancy: said("vacancy"), deputy: said("interim") === "deputy", successor: said("successor_commitment") ?? NaN,
    continuity: said("continuity"), panel: said("panel") ?? NaN, promoted: said("promoted"),
  };
}

/** The parameters in force in each month, the same object from one change to the next, and the schedule. */
export function calendar(setting) {
  const { months } = setting;
  const changes = eventsOf(setting).filter((event) => event.kind === "change").sort((a, b) => a.month - b.month);
  const parameters = [setting];
  for (let month = 1; month <= months; month += 1) {
    let current = parameters[month - 1];
    for (const event of changes) if (event.month === month - 1) current = merged(current, event.set);
    parameters.push(current);
  }
  const going = parameters.map((tables) => terms(tables));
  const blank = (fill) => new Array(months + 1).fill(fill);
  const [austerity, departs, ends, leaving] = [blank(0), blank(false), blank(false), []];
  for (const event of eventsOf(setting)) {
    const month = event.month + 1;
    if (month > months) continue;
    if (event.kind === "director_leaves") {
      departs[month] = true;
      going[month] = terms(parameters[month], event);
    } else if (event.kind === "person_leaves") leaving.push({ month, role: event.role, number: event.seat });
    else if (event.kind === "subscription_ends") ends[month] = true;
    else if (event.kind === "austerity") {
      for (let m = month; m < Math.min(month + event.months, months + 1); m += 1) austerity[m] += event.severity;
    }
  }
  const schedule = { austerity, departs, programme_ends: ends, removals: [], newcomer: [] };
  for (const key of ["vacancy", "deputy", "successor", "continuity", "panel", "promoted"]) {
    schedule[key] = going.map((how) => how[key]);
  }
  for (const { month, seats, how } of setting.removals ?? []) {
    for (const seat of seats) {
      schedule.removals.push([month + 1, seat, how]);
      schedule.newcomer.push(NaN);
    }
  }
  return { parameters, schedule, leaving: leaving.sort((a, b) => a.month - b.month) };
}

// -- The engine's memory -----------------------------------------------------------------------------------------

/** A number as the 64 bits that the engine reads. */
function bits(value, kind) {
  if (kind !== "f") return BigInt(kind === "b" ? -Number(value) : value);
  return new BigInt64Array(new Float64Array([value]).buffer)[0];
}

const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** One instance of the engine. What is put into its memory stays up to the next `back` to an earlier `mark`. */
class Machine {
  constructor(module) {
    const { exports } = new WebAssembly.Instance(module, {});
    this.functions = exports;
    this.memory = exports.memory;
    this.table = Math.ceil(exports.__heap_base.value / LINE) * LINE;
    this.mark = this.table + (1 << 14);
  }

  back(mark) { this.mark = mark; }

  room(bytes) {
    const at = this.mark;
    this.mark += Math.ceil(bytes / LINE) * LINE;
    this.grow(this.mark);
    return at;
  }

  grow(wanted) {
    const lacking = wanted - this.memory.buffer.byteLength;
    if (lacking > 0) this.memory.grow(Math.ceil(lacking / PAGE));
  }

  array(kind, at, length) { return new VIEWS[kind](this.memory.buffer, at, length); }

  /** Room for an array, full of one number or of what is given; `b` is yes or no, a byte each or, in lanes, 64 bits. */
  put(kind, shape, values, lanes = 0) {
    const size = product(shape) * (lanes || 1);
    if (kind === "b" && !lanes) {
      const at = this.room(size);
      const bytes = new Uint8Array(this.memory.buffer, at, size);
      if (typeof values === "number") bytes.fill(values);
      else for (let i = 0; i < size; i += 1) bytes[i] = Number(values[i]);
      return at;
    }
    const at = this.room(8 * size);
    const to = this.array(kind === "b" ? "i" : kind, at, size);
    if (!Array.isArray(values) && !ArrayBuffer.isView(values)) to.fill(kind === "f" ? values : bits(values, kind));
    else if (kind === "f" || ArrayBuffer.isView(values)) to.set(values);
    else for (let i = 0; i < size; i += 1) to[i] = bits(values[i], kind);
    return at;
  }

  call(name, ...given) {
    const entries = given.flatMap((one) => (typeof one === "number" ? [one] : one.table));
    const table = this.array("i", this.table, entries.length + 1);
    [this.mark, ...entries].forEach((entry, i) => { table[i] = typeof entry === "bigint" ? entry : BigInt(entry); });
    this.functions[name](this.table);
  }
}

/** Arrays in the engine's memory, by name, with the table that says where they are. */
class Piece {
  constructor(machine) {
    this.machine = machine;
    this.table = [];
    this.places = {};
    this.entries = {};
  }

  array(name, kind, shape, values, lanes = 0) {
    const at = this.machine.put(kind, shape, values, lanes);
    this.entries[name] = [at, ...shape];
    this.table.push(at, ...shape);
    this.places[name] = { at, kind: kind === "b" ? "i" : kind, size: product(shape) * (lanes || 1) };
  }

  number(name, value, kind) {
    this.entries[name] = [bits(value, kind)];
    this.table.push(bits(value, kind));
  }

  /** One of its arrays, as it is now. */
  get(name) {
    const { at, kind, size } = this.places[name];
    return this.machine.array(kind, at, size);
  }
}

// -- The organisation ----------------------------------------------------------------------------------------------

/** So many links there is room for at first, beside those that are the same in all futures. */
const DRAWN = 1024;

/** Bytes that drawing an organisation needs to work in. */
const SCRATCH = 1 << 16;

/** What is not whole numbers among what the engine reads of an organisation. */
const KINDS_OF = { address: "u", weight: "f", known: "f", cross_team_links: "f" };

/** A root seed and a future in words of 32 bits, the seed's at least four: sim/base/streams.py has why. */
function entropyOf(seed, future) {
  const parts = (number, least) => {
    const words = [];
    for (let left = BigInt(number); left > 0n || words.length < least; left >>= 32n) words.push(left & 0xFFFFFFFFn);
    return words;
  };
  return [...parts(seed, 4), ...parts(future, 1)];
}

const of = (role, slugs, ...wanted) => role.flatMap((held, seat) => (wanted.includes(slugs[held]) ? [seat] : []));

const rising = (seats) => [...new Set(seats)].sort((a, b) => a - b);

/** Who stands where in the line, lowest seat first: what sim/organisation/structure.py holds of seats. */
function seatsOf({ role, manager }, slugs, direct) {
  const [middle, practitioners] = [of(role, slugs, "middle_manager"), of(role, slugs, "practitioner")];
  const leads = rising(practitioners.map((seat) => manager[seat]).filter((seat) => seat >= 0));
  return {
    middle_managers: middle, practitioners, staff: of(role, slugs, "middle_manager", "practitioner"),
    managing: rising(manager.filter((seat) => seat >= 0)), heads: rising([...middle, ...leads]), team_heads: leads,
    communities: of(role, slugs, direct ? "lived_experience_member" : "vcs_partner"),
    director: of(role, slugs, "director")[0], lead_member: of(role, slugs, "lead_member")[0] ?? -1,
  };
}

// -- Futures -----------------------------------------------------------------------------------------------------

export class Player {
  /** @param module the compiled engine  @param shapes doc.engine  @param grids quantiles by "a b" */
  constructor(module, shapes, grids) {
    this.machine = new Machine(module);
    this.start = this.machine.mark;
    this.shapes = shapes;
    this.grids = grids;
  }

  /** What is the same in all futures of some settings: everybody, and what their links are drawn from. */
  ground(setting) {
    const { machine, shapes, around } = this;
    const { role, manager, address, links, joined, team_size: teamSize } = around;
    const described = setting.organisation;
    const direct = described.coproduction === "direct";
    const seats = seatsOf(around, shapes.roles, direct);
    const known = around.known.flat().map((one) => one ?? NaN);
    const fixed = { role, manager, address, known, ...seats };
    const given = {  // `described` first: it has a `lead_member` too, whether there is one
      ...described, ...fixed, source: links[0], target: links[1], kind: links[2], weight: links[3], ...joined,
      managers: seats.middle_managers, mediators: of(role, shapes.roles, "vcs_partner"), team_size: teamSize,
      cross_team: ["random", "neighbours", "hubs"].indexOf(described.cross_team),
      coproduction: direct ? 1 + Number(described.engagement_lead) : 0,
    };
    const piece = (names) => {
      const made = new Piece(machine);
      for (const name of names) {
        const [value, kind] = [given[name], KINDS_OF[name] ?? "i"];
        if (!Array.isArray(value)) made.number(name, value, kind);
        else made.array(name, kind, name === "known" ? [role.length, 4] : [value.length], value);
      }
      return made;
    };
    const [number, staff] = [role.length, seats.practitioners.length];
    const sizes = {
      seats: number, seats_and_one: number + 1, seats_and_kinds: number + shapes.kinds, staff, staff_and_one: staff + 1,
    };
    return {
      sizes, drawn: DRAWN, fixed: links[0].length, months: setting.months,
      ground: piece(shapes.ground), seats: piece(shapes.structure.filter((name) => name in fixed)),
    };
  }

  /** The organisation and the draws of a future: the engine draws both. */
  place(within, seed, future) {
    const { machine, shapes } = this;
    const entropy = new Piece(machine);
    const words = entropyOf(seed, future);
    entropy.array("words", "u", [words.length], words);
    const { out, number, pairs, lead } = this.links(within, entropy);
    const sizes = { ...within.sizes, pairs, links: number, rows: within.months + 1 };
    const lengths = { pair_a: pairs, pair_b: pairs, first: sizes.seats_and_one, fellows: sizes.seats };
    const structure = new Piece(machine);
    for (const name of shapes.structure) {
      if (name === "engagement_lead") structure.number(name, lead, "i");
      else if (name in out.places) structure.table.push(out.places[name].at, lengths[name] ?? number);
      else structure.table.push(...within.seats.entries[name]);
    }
    const draws = this.blank(shapes.draws, sizes, 0);
    this.call("draws_1", structure, entropy, draws, this.blank(shapes.room, sizes, 0));
    const drawn = () => Object.fromEntries(["source", "target", "kind", "pair", "weight"].map((name) => [name, Array.from(out.get(name).subarray(0, number), Number)]));
    return { structure, draws, organisation: { role: this.around.role, slugs: shapes.roles, sizes, engagementLead: lead, drawn } };
  }

  /** The links of a future; with more room, from then on, where it is too little. */
  links(within, entropy) {
    const { machine, shapes } = this;
    const { mark } = machine;
    const { drawn, fixed } = within;
    const sizes = { ...within.sizes, drawn, links: fixed + drawn, pairs: fixed + drawn };
    const out = this.blank(shapes.links, sizes, 0);
    this.call("links_1", within.ground, entropy, out, this.blank(shapes.linking, sizes, 0));
    const [number, pairs, lead] = Array.from(out.get("made"), Number);
    if (number <= fixed + drawn) return { out, number, pairs, lead };
    machine.back(mark);
    within.drawn = number - fixed;
    return this.links(within, entropy);
  }

  /** Call a function of the engine, with some room to work in. */
  call(name, ...given) {
    this.machine.grow(this.machine.mark + SCRATCH);
    this.machine.call(name, ...given);
  }

  /** A number of a table as the engine has it. */
  static number(key, value) {
    if (key === "interim") return value === "deputy";
    if (value === null || value === undefined) return key === "director_tenure" ? Infinity : NaN;
    return value;
  }

  /** The parameters of some lanes in one month. */
  parameters(lanes) {
    const piece = new Piece(this.machine);
    for (const [table, fields] of this.shapes.parameters) {
      for (const [key, kind] of fields) {
        piece.array(`${table}.${key}`, kind, [], lanes.map((tables) => Player.number(key, tables[table][key])), lanes.length);
      }
    }
    const slugs = this.shapes.roles; // the first stands for no role
    const traits = lanes.map((tables) => slugs.map((slug) => tables.roles[slug] ?? this.shapes.no_role));
    for (const key of ["authority", "leadership"]) {
      const values = slugs.flatMap((_, role) => traits.map((lane) => lane[role][key]));
      piece.array(`roles.${key}`, "f", [slugs.length], values, lanes.length);
    }
    const steps = this.shapes.steps + 1;
    piece.array("roles.values", "f", [slugs.length, steps], 0, lanes.length);
    const to = piece.get("roles.values");
    traits.forEach((lane, l) => lane.forEach((role, r) => {
      const grid = this.grids[role.values.map((shape) => shape.toFixed(10)).join(" ")];
      if (!grid) throw new Error(`The page has no distribution for values of shape ${role.values}.`);
      for (let step = 0; step < steps; step += 1) to[(r * steps + step) * lanes.length + l] = grid[step];
    }));
    return piece;
  }

  /** What happens when, side by side. */
  schedule(calendars) {
    const piece = new Piece(this.machine);
    const lanes = calendars.map((when) => when.schedule);
    const most = Math.max(...lanes.map((schedule) => schedule.removals.length));
    const months = lanes[0].departs.length;
    for (const [name, kind] of this.shapes.schedule) {
      if (name === "removals") {
        const rows = Array.from({ length: 3 * most }, (_, i) => lanes.map((lane) => lane.removals[Math.floor(i / 3)]?.[i % 3] ?? 0));
        piece.array(name, kind, [most, 3], rows.flat(), lanes.length);
      } else {
        const length = name === "newcomer" ? most : months;
        const rows = Array.from({ length }, (_, i) => lanes.map((lane) => lane[name][i] ?? 0));
        piece.array(name, kind, [length], rows.flat(), lanes.length);
      }
    }
    return piece;
  }

  /** Room for a state or a trace: arrays each full of one number. */
  blank(shapes, sizes, lanes) {
    const piece = new Piece(this.machine);
    for (const [name, kind, dimensions, fill] of shapes) {
      const shape = dimensions.map((each) => (typeof each === "number" ? each : sizes[each]));
      piece.array(name, kind, shape, fill === null ? NaN : fill, lanes);
    }
    return piece;
  }

  /** Settings of one length and one organisation, at most eight, made ready to be played side by side. */
  ready(settings) {
    const width = WIDTHS.find((each) => each >= settings.length);
    const calendars = settings.map((setting) => calendar(setting));
    while (calendars.length < width) calendars.push(calendars.at(-1));
    const { months } = settings[0];
    const blocks = [];
    const which = [];
    for (let month = 0; month <= months; month += 1) {
      const there = calendars.map((when) => when.parameters[month]);
      let place = blocks.findIndex((block) => block.there.every((tables, lane) => tables === there[lane]));
      if (place < 0) place = blocks.push({ there, piece: this.parameters(there) }) - 1;
      which.push(place);
    }
    return { settings, width, calendars, months, blocks, which, schedule: this.schedule(calendars) };
  }

  /** One future of what was made ready, in a place: an organisation and draws that are in memory. */
  live(ready, { structure, draws, organisation }, people) {
    const { machine } = this;
    const { settings, width, calendars, months, blocks, which, schedule } = ready;
    const sizes = { ...organisation.sizes, rows: months + 1, kept: people ? months + 1 : 0 };
    const state = this.blank(this.shapes.state, sizes, width);
    const trace = this.blank(this.shapes.trace, sizes, width);
    const due = calendars.map((when) => when.leaving.map(({ month, role, number }) => [month, seatOf(organisation, role, number)]));
    const most = Math.max(...due.map((lane) => lane.length));
    const leavers = new Piece(machine);
    const rows = Array.from({ length: 2 * most }, (_, i) => due.map((lane) => lane[Math.floor(i / 2)]?.[i % 2] ?? 0));
    leavers.array("leavers", "i", [most, 2], rows.flat(), width);
    machine.grow(machine.mark + (1 << 20) + 8 * width * (40 * sizes.seats + 3 * sizes.links));
    const block = (month) => blocks[which[month]].piece;
    const changed = (month) => calendars.some((when) => when.parameters[month] !== when.parameters[month - 1]);
    const stops = [1];
    for (let month = 2; month <= months; month += 1) if (changed(month)) stops.push(month);
    machine.call(`first_row_${width}`, structure, block(0), draws, state, trace);
    stops.forEach((first, i) => {
      if (changed(first)) machine.call(`retune_${width}`, structure, state, block(first - 1), block(first), draws);
      const last = (stops[i + 1] ?? months + 1) - 1;
      machine.call(`live_${width}`, structure, state, draws, block(first), schedule, leavers, first, last, trace);
    });
    return settings.map((_, lane) => this.told(trace, sizes, lane, width, people));
  }

  /**
   * Some futures of some settings: of each future a list of what each setting left behind, in the order of `settings`.
   * What they have in common is in memory once: the parameters for all futures, the organisation for all settings.
   */
  play({ settings, seed, futures, people = false }) {
    const { machine } = this;
    machine.back(this.start);
    const groups = new Map();
    settings.forEach((setting, i) => {
      const key = `${setting.months} ${JSON.stringify(setting.organisation)}`;
      groups.set(key, [...(groups.get(key) ?? []), i]);
    });
    const some = [...groups.values()].map((places) => ({
      places,
      within: this.ground(settings[places[0]]),
      parts: slices(places, WIDTHS.at(-1)).map((part) => ({ part, ready: this.ready(part.map((i) => settings[i])) })),
    }));
    const before = machine.mark;
    return futures.map((future) => {
      const found = [];
      for (const { places, within, parts } of some) {
        machine.back(before);
        const place = this.place(within, seed, future);
        const { mark } = machine;
        for (const { part, ready } of parts) {
          machine.back(mark);
          this.live(ready, place, people).forEach((told, lane) => { found[part[lane]] = told; });
        }
        if (people) for (const i of places) found[i].links = place.organisation.drawn();
      }
      return found;
    });
  }

  /** What one lane has left behind. */
  told(trace, sizes, lane, width, people) {
    const { columns } = this.shapes;
    const take = (name, from, count) => {
      const values = trace.get(name);
      return Float64Array.from({ length: count }, (_, i) => Number(values[(from + i) * width + lane]));
    };
    const { rows } = sizes;
    const row = (column) => take("rows", columns.indexOf(column) * rows, rows);
    const found = { practice: row("practice") };
    if (people) {
      found.events = happened(...["departed", "arrival", "over"].map((name) => take(name, 0, rows)));
      found.months = Object.fromEntries(columns.map((column) => [column, row(column)]));
      const each = rows * sizes.seats;
      found.people = Object.fromEntries(this.shapes.people.map((name, i) => [name, take("people", i * each, each)]));
      found.live = take("live", 0, rows * sizes.pairs).map((stands) => Number(stands !== 0));
    }
    return found;
  }
}

/** What befell the director and the programme, month by month. */
function happened(departed, arrival, over) {
  const events = [];
  departed.forEach((gone, month) => {
    if (over[month] & ENDED) events.push({ month: month - 1, kind: "lapses" });
    if (gone) events.push({ month: month - 1, kind: "leaves" });
    if (!Number.isNaN(arrival[month])) events.push({ month: month - 1, kind: "arrives", commitment: arrival[month] });
    if (over[month] & NOT_RENEWED) events.push({ month, kind: "lapses" });
    if (over[month] & TAKEN_UP) events.push({ month, kind: "restarts" });
  });
  return events;
}

const slices = (all, size) => Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(size * i, size * (i + 1)));

/** The seat that an event names. */
function seatOf(organisation, role, number) {
  if (role === "engagement_lead") return organisation.engagementLead;
  const seats = organisation.role.flatMap((held, seat) => (held === organisation.slugs.indexOf(role) ? [seat] : []));
  if (number > seats.length) throw new Error(`The organisation has ${seats.length} of role ${role}, and an event names number ${number}.`);
  return seats[number - 1];
}

// -- In a worker: what the page asks, one job after another ----------------------------------------------------------

if (typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope) {
  let player;
  globalThis.onmessage = ({ data }) => {
    try {
      if (data.begin) player = new Player(new WebAssembly.Module(data.begin.code), data.begin.shapes, data.begin.grids);
      else if (data.around) player.around = data.around;
      else globalThis.postMessage({ id: data.id, found: player.play(data) });
    } catch (error) {
      globalThis.postMessage({ id: data.id, error: error.message });
    }
  };
}
