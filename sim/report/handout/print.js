// Two sheets to take home: what the room saw, and what to ask.

import { Chart } from "handout/chart";
import { element, row } from "handout/dom";
import { Drawing } from "handout/drawing";
import { Figures, compared, inOrder, told } from "handout/figures";
import { difference } from "handout/odds";

const list = (name, lines) => {
  const made = element(name);
  made.append(...lines.map((line) => element("li", line)));
  return made;
};

/**
 * Fill the paper with what the page shows now; the right-hand side is the shared one while no lever is moved.
 * @param tries  settings tried one at a time: [{ title, outcomes, counts }]
 */
export function print(paper, page, tries) {
  const { doc, facts, left, right } = page;
  const { words } = doc;
  const other = right.place === left.place ? { ...page.shared, heading: words.shared } : { ...right, heading: page.heading(right.side, true) };
  const sides = [{ name: "paper-left", heading: page.heading(left.side, true), point: left.point, future: left.future }];
  sides.push({ name: "paper-right", heading: other.heading, point: other.point, future: other.future });
  const order = inOrder(page.now.point.outcomes);
  const first = element("div", "", "sheet");
  first.append(element("h1", words.question), element("p", `${words.title}. ${facts.shown}`), element("p", words.judged, "small"), element("p", words.print_key, "small"));
  const columns = element("div", "", "columns");
  const charts = [];
  for (const { name, heading, point, future } of sides) {
    const column = element("div");
    column.append(element("h2", heading));
    for (const [month, caption] of [[point.reference, "Just before"], [point.end, "At the end"]]) {
      const drawing = new Drawing(page.organisation, words);
      drawing.show(future, month);
      drawing.element.setAttribute("aria-hidden", "true");
      column.append(element("h3", `${caption}: month ${month}`), drawing.element);
    }
    const holder = element("div", "", "paper-chart");
    holder.id = `${name}-chart`;
    charts.push(() => new Chart(holder, doc.setting.measure.survival, [340, 150]).show(future, point, point.end, point.end));
    const figures = new Figures(order, page.shown);
    figures.show(point.outcomes, told(point));
    column.append(element("h3", "How much of staff’s work is done the new way, and momentum"), holder, element("h3", told(point)), figures.element);
    columns.append(column);
  }
  first.append(columns);
  const second = element("div", "", "sheet");
  second.append(element("h2", "One lever at a time"), table(page, tries), element("p", words.caveats[0], "small"));
  second.append(element("h2", "To talk over"), list("ol", words.turns.map((turn) => page.said(turn.ask))));
  second.append(element("h2", "What not to conclude"), list("ul", words.not_to_conclude.map((line) => page.said(line))));
  second.append(element("p", `${doc.made_by}; scenario ${doc.scenario.name}, seed ${doc.seed}, ${doc.futures} futures. ${words.study}.`, "small"));
  paper.replaceChildren(first, second);
  charts.forEach((draw) => draw());
}

function table({ doc, now, shared }, tries) {
  const made = element("table");
  const against = (point) => compared(point, doc.futures).replace(" than on the left", "").replace(" as on the left", "");
  const line = (title, { counts: { n, c, s } }, compare) => row([title, n, c, s, compare]);
  made.append(row(["Everything else as it is", "never took hold", "collapsed", "survived", "against as it is"], "", "th"));
  made.append(line("As it is", now.point, ""));
  if (shared.place !== now.place) {
    const moved = doc.levers.filter((lever) => lever.now !== lever.shared).map((lever) => doc.words.levers[lever.slug].title).join("; ");
    made.append(line(`Leadership shared, together: ${moved}`, shared.point, against(shared.point)));
  }
  for (const { title, outcomes, counts } of tries) {
    const range = difference(outcomes, now.point.outcomes).map((share) => 100 * share);
    made.append(line(title, { counts }, against({ difference: range })));
  }
  return made;
}
