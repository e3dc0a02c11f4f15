// Elements of the page, found and made; and a difference of futures as a person reads it.

export const $ = (id) => document.getElementById(id);

export function element(name, words = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = words;
  if (kind) made.className = kind;
  return made;
}

/** A button with its words, what it does and, where the words say too little, a label. */
export function button(words, act, label = "") {
  const made = element("button", words);
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

/** A row of a table: cells of words, or of what is given. */
export function row(cells, kind = "", name = "td") {
  const made = element("tr", "", kind);
  made.append(...cells.map((cell) => {
    const one = element(name);
    one.append(cell);
    return one;
  }));
  return made;
}

/** A bar: so much of its whole length, from some share of it on. */
export function bar(share, from = 0) {
  const [made, fill] = [element("span", "", "bar"), element("i")];
  fill.style.width = `${100 * share}%`;
  fill.style.marginInlineStart = `${100 * from}%`;
  made.append(fill);
  return made;
}

const signed = (number) => (number > 0 ? `+${number}` : `${number}`.replace("-", "−"));

/** How many more of some futures, with the range: +5 (0 to +10). */
export function more(range, futures) {
  const [middle, low, high] = range.map((share) => signed(Math.round(futures * share)));
  return `${middle} (${low} to ${high})`;
}
