// Two sheets to take home: what the room saw, and what to ask.

import { Chart } from "handout/chart";
import { Drawing } from "handout/drawing";
import { Figures, compared, inOrder, told } from "handout/figures";

const element = (name, words = "", kind = "") => {
  const made = document.createElement(name);
  if (words !== "") made.textContent = words;
  if (kind) made.className = kind;
  return made;
};

const list = (name, lines) => {
  const made = element(name);
  made.append(...lines.map((line) => element("li", line)));
  return made;
};

/** Fill the paper with what the page shows now; the right-hand side is the shared one while no lever is moved. */
export function print(paper, page) {
  const { doc } = page;
  const { words } = doc;
  const moved = page.right.place !== page.now.place && page.right.future !== null;
  const order = inOrder(page.now.point.outcomes);
  const sides = [{ name: "paper-left", heading: words.left, ...page.now }];
  if (moved) {
    const heading = page.right.place === page.shared.place ? words.shared : words.changed;
    sides.push({ name: "paper-right", heading, point: page.right.point, future: page.right.future });
  } else if (page.shared.future) {
    sides.push({ name: "paper-right", heading: words.shared, ...page.shared });
  }
  const first = element("div", "", "sheet");
  first.append(element("h1", words.question), element("p", `${words.title}. ${words.shown}`), element("p", words.print_key, "small"));
  const columns = element("div", "", "columns");
  const charts = [];
  for (const { name, heading, point, future } of sides) {
    const column = element("div");
    column.append(element("h2", heading));
    for (const [month, caption] of [[point.reference, "Just before"], [point.end, "At the end"]]) {
      const drawing = new Drawing(doc.organisation, words);
      drawing.show(future, month);
      drawing.element.setAttribute("aria-hidden", "true");
      column.append(element("h3", `${caption}: month ${month}`), drawing.element);
    }
    const holder = element("div", "", "paper-chart");
    holder.id = `${name}-chart`;
    charts.push(() => new Chart(holder, doc.survival, [340, 150]).show(future, point, point.end, point.end));
    const figures = new Figures(order, doc.future);
    figures.show(point.outcomes, told(point));
    column.append(element("h3", "How much of staff’s work is done the new way, and momentum"), holder, element("h3", told(point)), figures.element);
    columns.append(column);
  }
  first.append(columns);
  const second = element("div", "", "sheet");
  second.append(element("h2", "One lever at a time"), table(doc), element("p", words.caveats[0], "small"));
  second.append(element("h2", "To talk over"), list("ol", words.turns.map((turn) => turn.ask)));
  second.append(element("h2", "What not to conclude"), list("ul", words.not_to_conclude));
  second.append(element("p", `${doc.made_by}; scenario ${doc.scenario.name}, seed ${doc.seed}, ${doc.futures} futures. ${words.study}.`, "small"));
  paper.replaceChildren(first, second);
  charts.forEach((draw) => draw());
}

function table(doc) {
  const made = element("table");
  const row = (name, cells) => {
    const line = element("tr");
    line.append(...cells.map((cell) => element(name, cell)));
    return line;
  };
  const base = doc.points[doc.now];
  made.append(row("th", ["Everything else as it is", "never took hold", "collapsed", "survived", "against as it is"]));
  made.append(row("td", ["As it is", base.counts.n, base.counts.c, base.counts.s, ""]));
  const against = (point) => compared(point, doc.futures).replace(" than on the left", "").replace(" as on the left", "");
  if (doc.shared !== doc.now) {
    const { n, c, s } = doc.points[doc.shared].counts;
    const moved = doc.levers.filter((lever) => lever.now !== lever.shared).map((lever) => lever.title).join("; ");
    made.append(row("td", [`Leadership shared, together: ${moved}`, n, c, s, against(doc.points[doc.shared])]));
  }
  for (const { lever, option, point } of doc.singles) {
    const { n, c, s } = doc.points[point].counts;
    const title = `${doc.levers[lever].title}: ${doc.levers[lever].options[option].words}`;
    made.append(row("td", [title, n, c, s, against(doc.points[point])]));
  }
  return made;
}
