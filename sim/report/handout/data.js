// What the page reads, and how one future is unpacked from it. The format: docs/handout-data.md.

const FORMAT = 1;
const ABSENT = 255;
const UNDEFINED = -32768;

/** The document of this page, checked. */
export function read(text) {
  const doc = JSON.parse(text);
  if (doc.format !== FORMAT) throw new Error(`This page reads format ${FORMAT}, and the data has ${doc.format}.`);
  return doc;
}

/** The place in doc.points of one setting of each lever. */
export function pointAt(doc, settings) {
  let place = 0;
  doc.levers.forEach((lever, i) => { place = place * lever.options.length + settings[i]; });
  return doc.place[place];
}

/** Where every lever stands in the scenario as it is ("now"), or with leadership shared ("shared"). */
export const settingsOf = (doc, name) => doc.levers.map((lever) => lever[name]);

async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Undoes the steps between neighbours: each byte becomes the sum of those before it in its row. */
function summed(bytes, rows) {
  for (let i = 0; i < bytes.length; i += 1) if (i % rows) bytes[i] = (bytes[i] + bytes[i - 1]) & 255;
  return bytes;
}

/** One future at one point, month by month; numbers are percentages. */
export class Future {
  constructor(doc, months, bytes, live) {
    const rows = months + 1;
    const seats = doc.organisation.seats.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    this.rows = rows;
    this.pairs = doc.organisation.pairs;
    this.practice = Array.from({ length: rows }, (_, m) => view.getUint16(2 * m, true) / 100);
    this.momentum = Array.from({ length: rows }, (_, m) => {
      const said = view.getInt16(2 * (rows + m), true);
      return said === UNDEFINED ? null : said / 100;
    });
    const people = seats * rows;
    this.subscribed = bytes.subarray(4 * rows, 5 * rows);
    this._commitment = summed(bytes.slice(5 * rows, 5 * rows + people), rows);
    this._leadership = summed(bytes.slice(5 * rows + people, 5 * rows + 2 * people), rows);
    this._live = live;
  }

  present(seat, month) { return this._commitment[seat * this.rows + month] !== ABSENT; }

  commitment(seat, month) { return this._commitment[seat * this.rows + month]; }

  leadership(seat, month) { return this._leadership[seat * this.rows + month]; }

  /** Whether a seat's holder leads the change: leadership of at least half, commitment above half. */
  leads(seat, month) {
    return this.present(seat, month) && this.leadership(seat, month) >= 50 && this.commitment(seat, month) > 50;
  }

  /** Whether a link stands: both are there, and a personal link is not lost. */
  stands(link, month) {
    if (!this.present(link.a, month) || !this.present(link.b, month)) return false;
    if (link.pair < 0 || !this._live) return true;
    const bit = month * this.pairs + link.pair;
    return (this._live[bit >> 3] & (128 >> (bit & 7))) !== 0;
  }
}

/** The future of a point, unpacked; null where it is not carried. ``live``: which personal links stand, or null. */
export async function unpack(doc, point, live) {
  if (point.frames === null) return null;
  const [bytes, bits] = await Promise.all([unpacked(point.frames), live === null ? null : unpacked(live)]);
  return new Future(doc, point.months ?? doc.months, bytes, bits);
}

/**
 * Gives what comes of levers: a place that is the same for the same settings, the point, and its future.
 * A live page brings another source with the same method.
 */
export class Embedded {
  constructor(doc) {
    this.doc = doc;
    this.known = new Map();
  }

  async at(settings) {
    const place = pointAt(this.doc, settings);
    const point = this.doc.points[place];
    if (!this.known.has(place)) {
      this.known.set(place, unpack(this.doc, point, point.live === null ? null : this.doc.live[point.live]));
    }
    return { place, point, future: await this.known.get(place) };
  }
}
