// The organisation of the page: who sits where, what they are called, and which links a future has.

import { places } from "handout/layout";

/** The people and links that the engine works on, with the words and places for a picture. */
export function withWords(fixed, doc) {
  const slugs = doc.engine.roles;
  const { role, manager } = fixed;
  const director = role.indexOf(slugs.indexOf("director"));
  const at = places({ role, manager, slugs, director });
  const numbers = {};
  const seats = role.map((held, seat) => {
    const slug = slugs[held];
    const [one] = doc.roles[slug];
    numbers[slug] = (numbers[slug] ?? 0) + 1;
    const alone = slug === "director" || slug === "lead_member";
    const label = one[0].toUpperCase() + one.slice(1) + (alone ? "" : ` ${numbers[slug]}`);
    return { role: slug, label, manager: manager[seat], ...at[seat] };
  });
  const roles = slugs.filter((slug) => numbers[slug]).map((slug) => ({ slug, one: doc.roles[slug][0], several: doc.roles[slug][1], seats: numbers[slug] }));
  return { seats, roles, director, kinds: doc.kinds };
}

/** The links of a future as lines: drawn once whichever way they go; a team's own are not among them. */
export function lines({ seats, kinds }, { source, target, kind, pair }) {
  const found = new Map();
  source.forEach((from, i) => {
    const to = target[i];
    const { slug, look } = kinds[kind[i]];
    if (slug === "peer" && seats[from].manager === seats[to].manager && seats[to].manager >= 0) return;
    const [a, b] = [Math.min(from, to), Math.max(from, to)];
    const key = `${a} ${b} ${look}`;
    if (!found.has(key)) found.set(key, { a, b, look, pair: pair[i] });
  });
  return [...found.values()];
}
