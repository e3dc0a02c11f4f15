// Where people stand in the picture: under whom they report to, and those outside the line in bands below.

const [LEVEL, ROW, GAP, BAND] = [2.3, 1.05, 0.75, 1.6];

/** Those without a manager or reports, a band each, from the top. */
const OUTSIDE = [["health_partner", "vcs_partner"], ["middle_manager", "practitioner", "back_office"], ["lived_experience_member"]];

/** Where each seat stands, [{ x, y }]; y grows downwards. */
export function places({ role, manager, slugs, director }) {
  const reports = new Map();
  manager.forEach((head, seat) => { if (head >= 0) reports.set(head, [...(reports.get(head) ?? []), seat]); });
  const at = role.map(() => ({ x: 0, y: 0 }));
  const tops = role.map((_, seat) => seat).filter((seat) => manager[seat] < 0 && reports.has(seat));
  if (manager[director] < 0 && !tops.includes(director)) tops.push(director);
  const under = (top, left, height) => {
    const mine = reports.get(top) ?? [];
    const leaves = mine.filter((seat) => !reports.has(seat));
    let right = left;
    for (const head of mine.filter((seat) => reports.has(seat))) right = under(head, right, height + LEVEL) + GAP;
    if (leaves.length) {
      const columns = Math.max(1, Math.round(Math.sqrt(leaves.length / 2)));
      leaves.forEach((seat, i) => { at[seat] = { x: right + i % columns * 1.05, y: height + LEVEL + ROW * Math.floor(i / columns) }; });
      right += columns * 1.05;
    } else right = Math.max(right - GAP, left + 1);
    const xs = mine.map((seat) => at[seat].x);
    at[top] = { x: xs.length ? (Math.min(...xs) + Math.max(...xs)) / 2 : left, y: height };
    return right;
  };
  let right = 0;
  for (const top of tops) right = under(top, right, 0) + GAP;
  const inside = new Set([...tops, ...[...reports.values()].flat()]);
  let low = Math.max(...[...inside].map((seat) => at[seat].y));
  const wide = Math.max(8, right - GAP);
  for (const roles of OUTSIDE) {
    const band = roles.flatMap((slug) => role.flatMap((held, seat) => (slugs[held] === slug && !inside.has(seat) ? [seat] : [])));
    if (!band.length) continue;
    low += BAND;
    const rows = Math.max(1, Math.ceil(band.length / Math.max(6, wide / 1.1)));
    const each = Math.ceil(band.length / rows);
    band.forEach((seat, i) => {
      const [row, column] = [Math.floor(i / each), i % each];
      at[seat] = { x: (column + 0.5) * wide / Math.min(each, band.length - row * each) - 0.5, y: low + row };
    });
    low += rows - 1;
  }
  role.flatMap((held, seat) => (slugs[held] === "change_facilitator" && !inside.has(seat) ? [seat] : []))
    .forEach((seat, i) => { at[seat] = { x: at[director].x - 2.6 - 1.6 * i, y: at[director].y + 0.2 }; });
  return at;
}
