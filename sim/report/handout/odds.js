// How futures went: the verdict on each, and what many say together. The twin of sim/experiments/verdict.py and of
// sim/base/intervals.py; intervals are for chance between simulated futures and for nothing else.

const Z = 1.959963984540054;

/** How one future went, `horizon` months after the row at which it is judged: n, c or s. */
export function judge(practice, measure, horizon) {
  const month = measure.reference_month;
  const [before, after] = [practice[month], practice[month + horizon]];
  if (before < measure.taken_hold) return "n";
  return after >= measure.survival * before ? "s" : "c";
}

/** A share and Wilson's interval. */
export function wilson(count, of) {
  const share = count / of;
  const square = Z * Z;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = Z / (1 + square / of) * Math.sqrt(share * (1 - share) / of + square / (4 * of * of));
  return [share, count === 0 ? 0 : Math.max(0, middle - half), count === of ? 1 : Math.min(1, middle + half)];
}

/** By how much more often one survived than the other over the same futures; Agresti and Min's interval. */
export function difference(one, other) {
  const n = one.length;
  let [gained, lost] = [0, 0];
  for (let i = 0; i < n; i += 1) {
    gained += Number(one[i] === "s" && other[i] !== "s");
    lost += Number(one[i] !== "s" && other[i] === "s");
  }
  const middle = (gained - lost) / (n + 2);
  const half = Z * Math.sqrt(gained + lost + 1 - (gained - lost) ** 2 / (n + 2)) / (n + 2);
  return [(gained - lost) / n, Math.max(-1, middle - half), Math.min(1, middle + half)];
}

/** How many never took hold, collapsed and survived. */
export function counts(outcomes) {
  const found = { n: 0, c: 0, s: 0 };
  for (const letter of outcomes) found[letter] += 1;
  return found;
}

export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
