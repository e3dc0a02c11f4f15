// One future as it is shown, month by month; shares are percentages here.

export class Future {
  /** @param told what the model left behind, everyone's state included */
  constructor(told) {
    this.rows = told.practice.length;
    this.seats = told.people.present.length / this.rows;
    this.pairs = told.live.length / this.rows;
    this.told = told;
    const percents = (column) => Array.from(told.months[column], (value) => (Number.isNaN(value) ? null : 100 * value));
    this.practice = percents("practice");
    this.momentum = percents("momentum");
    this.embedding = percents("embedding");
  }

  at(name, seat, month) { return this.told.people[name][month * this.seats + seat]; }

  present(seat, month) { return this.at("present", seat, month) > 0; }

  commitment(seat, month) { return 100 * this.at("commitment", seat, month); }

  practiceOf(seat, month) { return 100 * this.at("practice", seat, month); }

  leadership(seat, month) { return 100 * this.at("leadership", seat, month); }

  /** Whether a seat's holder leads the change: leadership of at least half, commitment above half. */
  leads(seat, month) {
    return this.present(seat, month) && this.leadership(seat, month) >= 50 && this.commitment(seat, month) > 50;
  }

  /** Whether a link stands: both are there, and a personal link is not lost. */
  stands(link, month) {
    if (!this.present(link.a, month) || !this.present(link.b, month)) return false;
    return link.pair < 0 || this.told.live[month * this.pairs + link.pair] !== 0;
  }
}
