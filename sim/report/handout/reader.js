// One's own organisation: a file of people and one of links, read as sim/organisation/imported/ reads them; what that
// would read otherwise is refused, and so is what is rare. Neither messages nor notes quote a cell: it may be a name.

const [NOBODY, UNCLEAR, SEVERAL, LEFT_OUT] = [-1, -2, -3, -4];
const [DIRECTOR, LEAD_MEMBER, MIDDLE_MANAGER, PRACTITIONER, OUTSIDE] = [1, 2, 3, 4, 6];
const [LINE_DOWN, LINE_UP, PEER, COPRODUCTION] = [0, 1, 2, 4];
const LARGEST_TEAM = 1000;
const UNREAD = ["level", "team", "dotted_line"];
const SEPARATORS = { "\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas" };
const OTHER_FORMAT = /^sep=|^\s*(<|[[{]|\*\w|dl\b|(strict\s+)?(di)?graph\b)|^\s*graph\s*\[/im;
const ELSEWHERE = "The command leadership-sim organisation FILE reads more kinds of files than this page.";
const SAY_WHO_MANAGES = "Add a column manager_id with the id of each person's manager, empty for the director. "
  + ELSEWHERE;

const count = (n, noun) => `${n} ${n === 1 ? noun : noun === "person" ? "people" : `${noun}s`}`;
const listed = (rows) => rows.slice(0, 10).join(", ") + (rows.length > 10 ? ` and ${rows.length - 10} more` : "");
const is = (n) => (n === 1 ? "was" : "were");
function refuse(where, what) { throw new Error(`${where}: ${what}`); }

// -- Cells ------------------------------------------------------------------------------------------------------------

const small = (text) => text.toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ");
const key = (name) => small(name).replace(/#/g, " number").normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
const slug = (name) => name.toLowerCase().split(/[\s_-]+/).filter(Boolean).join("_");

function tidy(cell) {
  const text = cell.replace(/\p{Cf}/gu, "").replace(/[\u00a0\u202f]/g, " ").trim();
  return text.startsWith("'") && !text.endsWith("'") ? text.slice(1).trim() : text;
}

/** The number of a cell; null for none, and where it could be two: 1,234. */
function number(cell) {
  const decimal = /^[+-]?\d*,\d+$/.test(cell) && !/^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell);
  const text = decimal ? cell.replace(",", ".") : cell;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

/** Rows of cells by RFC 4180; ``strict``: what to do about a quotation mark that is out of place. */
function parsed(text, separator, strict = () => {}) {
  const [plain, end] = [`[^${separator}\\r\\n]*`, `[${separator}]|\\r\\n|\\r|\\n|$`];
  const cell = new RegExp(`(?:"([^"]*(?:""[^"]*)*)(?:"(${plain}))?|(${plain}))(${end})`, "y");
  const rows = [[]];
  for (let mark = separator; mark === separator || cell.lastIndex < text.length;) {
    if (mark !== separator) rows.push([]);
    const [, quoted, rest, bare, next] = cell.exec(text);
    if (quoted !== undefined && rest !== "") strict(rows.length);
    rows.at(-1).push(bare ?? quoted.replace(/""/g, '"') + (rest ?? ""));
    mark = next;
  }
  return rows;
}

/** How well a separator makes a table: rows of the commonest width above 1, then that width. */
function evenness(text, separator) {
  const widths = parsed(text, separator).slice(0, 60).map((row) => row.length).filter((width) => width > 1);
  return Math.max(0, ...widths.map((width) => widths.filter((other) => other === width).length * 1e6 + width));
}

// -- Tables -----------------------------------------------------------------------------------------------------------

/** Rows of cells whose columns are understood; ``chosen``: the columns of each meaning, the likeliest first. */
class Table {
  constructor(file, names, chosen, body, words) {
    Object.assign(this, { file, names, chosen, body, words });
  }

  place(row) { return `${this.file} row ${this.body[row].place}`; }

  column(at) { return this.body.map(({ cells }) => cells[at] ?? ""); }

  all(meaning) { return this.chosen.get(meaning) ?? []; }

  /** The cells of the likeliest column of a meaning, all empty where there is none. */
  first(meaning) { return this.column(this.all(meaning)[0] ?? -1); }

  nothing(cell) { return this.words.nothing.has(small(cell)); }
}

/** A file as a table; ``known``: what headings mean; ``needed``: of these sets of meanings one has to be there. */
function tableOf(file, text, known, needed, words, notes, columns) {
  if (/[^\P{Cc}\t\r\n]|\ufffd/u.test(text)) refuse(file, "this is not text in UTF-8. Save the table as CSV (UTF-8).");
  const plain = text.replace(/^\ufeff/, "");
  if (OTHER_FORMAT.test(plain)) refuse(file, `this is no CSV. ${ELSEWHERE}`);
  if (!/[,;|\t]/.test(plain)) refuse(file, `commas, semicolons or tabs between columns are needed. ${ELSEWHERE}`);
  const marks = Object.keys(SEPARATORS);
  const even = marks.map((mark) => evenness(plain, mark));
  const separator = marks[even.indexOf(Math.max(...even))];
  const stray = (row) => refuse(file, `the quotation marks at or before row ${row} do not come in pairs.`);
  const rows = parsed(plain, separator, stray).map((row) => row.map(tidy));
  const full = rows.filter((row) => row.some(Boolean) && !/^[#%]/.test(row[0]));
  while (full.length && full[0].filter(Boolean).length === 1) full.shift();
  const [, ...labels] = full.shift() ?? [];
  const numbered = labels.some(Boolean) && labels.every((label) => !label || /^V\d+$/.test(label));
  const matrix = full.length && (numbered || full.every(([first]) => labels.includes(first)));
  if (matrix) refuse(file, `this is a matrix. ${ELSEWHERE}`);

  const meant = (name) => {
    const [several] = [known.get(key(name).replace(/[0-9]+$/, ""))].filter((found) => found?.[0] === "target");
    return known.get(key(name)) ?? known.get(key(name.replace(/[([][^)\]]*[)\]]/g, ""))) ?? several;
  };
  const { top, names, chosen, two } = header(rows.slice(0, 30), meant, needed);
  const lacks = needed.map((meanings) => meanings.join(" and ")).join(" or ");
  if (!names) refuse(file, `the first row must name the columns, and none of them is ${lacks}. ${ELSEWHERE}`);
  if (two) refuse(file, `the columns are named in two rows; one row is needed. ${ELSEWHERE}`);
  for (const [meaning, all] of chosen) {
    const twice = new Set(all.map((at) => key(names[at]))).size < all.length;
    if (twice) refuse(`${file} row ${top + 1}`, `two columns are named ${meaning}; one is needed.`);
    const one = meaning === "id" ? "two columns of ids" : meaning === "target" ? "two columns of targets" : "";
    if (one && all.length > 1) refuse(file, `${one}; one is needed. ${ELSEWHERE}`);
  }
  const body = rows.map((cells, at) => ({ cells, place: at + 1 })).slice(top + 1);
  const it = new Table(file, names, chosen, body.filter(({ cells }) => cells.some(Boolean)), words);
  const left = lastLines(it);
  it.body.forEach((row, at) => {
    if (left.includes(row)) return;
    if (noData(it, at, meant)) refuse(it.place(at), "this looks like a comment, or headings. Take it out.");
    if (row.cells.slice(names.length).some(Boolean)) refuse(it.place(at), `more cells than in row ${top + 1}.`);
  });
  it.body = it.body.filter((row) => !left.includes(row));
  const places = left.map(({ place }) => `row ${place}`).reverse();
  if (left.length) notes.push(`Left out of the ${file}, as lines at the end that are no people: ${listed(places)}.`);
  columns.push(`${file}: separated by ${SEPARATORS[separator]}, columns named in row ${top + 1}, `
    + `${count(it.body.length, "row")} read`);
  names.forEach((name, at) => {
    const meaning = [...chosen].find(([, all]) => all.includes(at))?.[0];
    const read = meaning && !UNREAD.includes(meaning) ? meaning : "not read";
    columns.push(`  ${known.has(key(name)) ? name : `column ${at + 1}`}: ${read}`);
  });
  return it;
}

/** The row whose cells name the most columns; ``two``: only together with the row above. */
function header(rows, meant, needed) {
  const choose = (names) => {
    const found = new Map();
    names.forEach((name, at) => {
      const [meaning, place] = (key(name) && meant(name)) || [];
      if (meaning) found.set(meaning, [...(found.get(meaning) ?? []), [place, at]]);
    });
    return new Map([...found].map(([meaning, all]) => [meaning, all.sort((a, b) => a[0] - b[0]).map(([, at]) => at)]));
  };
  let best = { score: 0 };
  rows.forEach((names, top) => {
    let group = "";
    const under = names.map((name, at) => {
      group = rows[top - 1]?.[at] || group;
      return meant(`${group} ${name}`) ? `${group} ${name}` : name;
    });
    for (const each of [names, under]) {
      const chosen = choose(each);
      const score = new Set([...chosen.values()].flat().map((at) => key(each[at]))).size;
      const enough = needed.some((meanings) => meanings.every((meaning) => chosen.has(meaning)));
      if (enough && score > best.score) best = { score, top, names, chosen, two: each === under };
    }
  });
  return best;
}

/** Whether a row may be no row of data: a comment, a heading, the header again, or a second one. */
function noData(it, row, meant) {
  const { body, names, words } = it;
  const { cells } = body[row];
  const given = cells.map((cell, at) => [cell, names[at] ?? ""]).filter(([cell]) => !it.nothing(cell));
  const [alone, ...others] = cells.filter(Boolean);
  if (/^(#|\/\/|%)/.test(cells[0]) || names.every((name, at) => key(name) === key(cells[at] ?? ""))) return true;
  if (!others.length && names.length > 2 && alone.includes(" ") && /:|^page/i.test(alone)) return true;
  if (row > 1) return false;
  const alike = given.filter(([cell, name]) => meant(cell) && meant(name)?.[0] === meant(cell)[0]);
  const counted = [...words.surveyed, "level"].flatMap((name) => it.all(name).slice(0, 1));
  const text = (cell) => !it.nothing(cell) && !/^[+-]?\d+(\.\d+)?\s*($|[-–=:.)(])/.test(cell);
  return counted.some((at) => text(cells[at] ?? "") && it.column(at).some((cell) => /^[+-]?[.,]?\p{Nd}/u.test(cell)))
    || cells.some((cell) => cell.includes("ImportId"))
    || (given.length > 1 && (2 * alike.length > given.length || given.every(([cell]) => words.types.has(small(cell)))));
}

/** What begins a last line of several numbers that is no person. */
const TOTAL = /^(?:(?:grand|sub)[ -]?)?(?:totals?)$|^(?:sum|headcount)$/i;

/** A report's last lines, such as a total, the last one first. */
function lastLines({ file, body, names, words }) {
  const last = [];
  for (const row of names.length > 1 ? [...body].reverse() : []) {
    const [first, ...others] = row.cells.filter(Boolean);
    const counts = others.length > 0 && others.every((cell) => /\p{Nd}/u.test(cell));
    const total = counts && (others.length === 1 ? words.footer.test(first) : TOTAL.test(first));
    if (total && others.some((cell) => number(cell) === null)) refuse(`${file} row ${row.place}`, "a total, it seems. Take it out.");
    if (others.length && !total) break;
    last.push(row);
  }
  const worded = body.some((row) => !last.includes(row) && row.cells[0].includes(" "));
  return last.filter(({ cells }) => {
    const text = cells.find(Boolean);
    return (words.footer.test(text) && /[ :]|^\p{L}+$/u.test(text)) || TOTAL.test(text) || (text.split(" ").length > 2 && !worded);
  });
}

// -- Who is meant -----------------------------------------------------------------------------------------------------

const folded = (text) => small(text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/\u2019/g, "'"))
  .split(/\s+/).filter(Boolean).join(" ");
const letters = (text) => folded(text).replace(/[^\p{L}\p{N}]/gu, "");
const figures = (text) => /^0*(\p{Nd}+?)(?:[.,]0{1,2})?$/u.exec(text)?.[1] ?? "";

/** How a cell may differ from what it stands for: capitals and accents, a lost zero, signs, the order of a name. */
const FORMS = [
  (text) => text,
  folded,
  (text) => (/^[1-9]\p{Nd}{0,2}(,\p{Nd}{3})+$/u.test(text) ? text.replaceAll(",", "") : figures(text)),
  (text) => (/^\p{Nd}*$/u.test(letters(text)) ? "" : letters(text)),
  (text) => {
    const found = small(text).match(/[\p{L}\p{Nl}\p{No}]+/gu) ?? [];
    return found.length > 1 && !/[\p{Nd}@]/u.test(text) ? found.sort().join(" ") : "";
  },
];

// What an id or a name may be called besides: without the letters before its number or the remark behind it.
const unlettered = (text) => figures(/^[\p{L}\p{Nl}\p{No}]{1,5}[-_ ]?(\p{Nd}+)$/u.exec(text)?.[1] ?? "");
const unmarked = (text) => folded(/^([^()[\]]+?)\s*[([][^()[\]]*[)\]]$/.exec(text)?.[1] ?? "");

/** What ``Name (ID)``, ``ID - Name`` or ``Name 1002`` is made of, and whether all of it has to be known. */
function partsOf(cell) {
  const match = /^(.*?)\s*[([<]\s*([^()[\]<>]+?)\s*[)\]>]$/.exec(cell);
  if (match) return [match.slice(1).filter(Boolean), false];
  const ways = [/\s+[-–—|/]\s+/, /\s*[:;|]\s*/, /\s+(?=\S*\p{Nd}\S*$)/u].map((mark) => cell.split(mark));
  return [ways.find((parts) => parts.length === 2 && parts.every(Boolean)) ?? [], true];
}

/** Everybody by the columns that name people; a person is the number of their row. */
class Directory {
  constructor(it) {
    const cellsOf = (at) => {
      const cells = it.column(at);
      const once = (cell) => /^\p{L}+$/u.test(cell) && cells.filter((other) => other === cell).length === 1;
      return cells.map((cell) => (!it.nothing(cell) || once(cell) ? cell : ""));
    };
    const [given, last] = [it.first("first_name"), it.first("last_name")];
    this.keys = ["id", "email", "name"].flatMap((meaning) => it.all(meaning)).map(cellsOf);
    if (last.some(Boolean)) this.keys.push(last.map((name, row) => `${given[row]} ${name}`.trim()));
    if (!this.keys.length) refuse(it.file, "nobody has an id or a name.");
    const index = (keys, besides) => [...FORMS, besides].map((form) => {
      const found = new Map();
      keys.forEach((cells) => cells.map(form).forEach((as, row) => {
        if (as) found.set(as, (found.get(as) ?? row) === row ? row : SEVERAL);
      }));
      return found;
    });
    const numbered = it.all("id").length;
    this.found = [index(this.keys.slice(0, numbered), unlettered), index(this.keys.slice(numbered), unmarked)];
  }

  /** Everyone whom a cell could mean, however it is spelt, by ids (0) or by names (1). */
  could(cell, by) {
    const forms = [...FORMS, by ? folded : FORMS[2]];
    return new Set(forms.flatMap((form, at) => this.found[by][at].get(form(cell)) ?? []));
  }

  /** Whether a cell names somebody just so. */
  has(cell) { return this.found.some(([exact]) => exact.has(cell)); }

  /** How to find who is meant in a column of cells that names people by their ids, or by their names. */
  finder(cells) {
    const named = [...new Set(cells)].map((cell) => [this.could(cell, 0).size, this.could(cell, 1).size]);
    const mixed = named.some(([ids, names]) => ids && !names) && named.some(([ids, names]) => names && !ids);
    const part = (text) => new Set([0, 1].flatMap((by) => [...this.could(text, by)]));
    return (cell) => {
      const meant = part(cell);
      if (meant.size) return meant.size > 1 || mixed ? SEVERAL : [...meant][0];
      const [parts, all] = partsOf(cell);
      const found = parts.map(part);
      if (!found.length || (all && !found.every(({ size }) => size))) return NOBODY;
      const persons = new Set(found.flatMap((each) => [...each]).filter((person) => person >= 0));
      const [one] = persons;
      const sure = persons.size === 1 && found.some((each) => each.size === 1 && each.has(one));
      return sure ? one : found.some(({ size }) => size) ? SEVERAL : NOBODY;
    };
  }
}

// -- People -----------------------------------------------------------------------------------------------------------

/** The row of each row's manager; NOBODY, UNCLEAR and SEVERAL for want of one. */
function managersOf(it, directory) {
  const none = (cell) => it.nothing(cell) || cell === "-1" || it.words.no_manager.has(key(cell));
  const ways = it.all("manager_id").map((at) => {
    const cells = it.column(at).map((cell) => (none(cell) && !directory.has(cell) ? "" : cell));
    const find = directory.finder(cells.filter(Boolean));
    return { cells, find: (cell) => (none(cell) ? SEVERAL : find(cell)) };
  });
  const given = [...new Set((ways[0]?.cells ?? []).filter(Boolean))];
  const exact = directory.keys.some((cells) => given.every((cell) => cells.includes(cell)));
  const other = it.names.map((_, at) => new Set(it.column(at))).findIndex((cells, at) => !cells.has("")
    && !it.all("manager_id").includes(at) && cells.size === it.body.length && given.every((cell) => cells.has(cell)));
  if (given.length && !exact && other >= 0) refuse(it.file, `managers are named by column ${other + 1}. ${ELSEWHERE}`);
  return it.body.map((_, row) => {
    const found = new Set(ways.filter(({ cells }) => cells[row]).map(({ cells, find }) => find(cells[row])));
    const persons = [...found].filter((person) => person >= 0);
    if (persons.length && found.size > 1) refuse(it.place(row), `two columns name two managers. ${ELSEWHERE}`);
    return persons[0] ?? (found.has(SEVERAL) ? SEVERAL : found.size ? UNCLEAR : NOBODY);
  });
}

/** The rows of people who have left, and of posts that nobody holds. */
function awayOf(it) {
  const { words, body } = it;
  const [active, gone, left, last, vacant] = ["active", "gone", "left", "last_name", "vacant"]
    .map((meaning) => it.first(meaning).map(small));
  const names = it.all("name").map((at) => it.column(at).map(small));
  const statuses = it.all("status").map((at) => it.column(at).map((cell) => small(cell).replaceAll("_", " ")));
  const letters = statuses.filter((cells) => cells.includes("a") && cells.every((cell) => cell.length < 2));
  const dated = !["status", "active", "gone"].some((meaning) => it.chosen.has(meaning));
  const rows = body.map((_, row) => row);
  const empty = rows.filter((row) => [...names, ...statuses, last].some((cells) => words.vacant.test(cells[row]))
    || words.yes.has(vacant[row]) || vacant[row] === "vacant");
  const leavers = rows.filter((row) => statuses.some((cells) => words.gone.test(cells[row]))
    || letters.some((cells) => ["t", "i", "l"].includes(cells[row]))
    || words.no.has(active[row]) || active[row] === "inactive"
    || words.yes.has(gone[row]) || ["leaver", "terminated", "inactive"].includes(gone[row])
    || names.some((cells) => cells[row] === "eliminated" || words.marked.test(cells[row]))
    || (dated && /[1-9]/.test(left[row]) && !words.never.test(left[row])));
  return [new Set(leavers), new Set(empty)];
}

/** Everyone who is kept, a number each, with their managers; ``kept``: the person of each row. */
function peopleOf(it, notes) {
  const directory = new Directory(it);
  const [leavers, empty] = awayOf(it);
  const above = managersOf(it, directory);
  const bosses = [...new Set(above)].filter((row) => row >= 0);
  const heads = bosses.filter((row) => above[row] === NOBODY || above[row] === row);
  const lost = above.flatMap((manager, row) => (manager === UNCLEAR && !leavers.has(row) ? [row] : []));
  if (lost.length === 1 && !heads.length) {
    above[lost[0]] = NOBODY;
    notes.push(`The manager in ${it.place(lost[0])} is not in the file, and nobody else heads the line.`);
  }
  above.forEach((manager, row) => {
    if (manager === SEVERAL) refuse(it.place(row), `the manager could be more than one person. ${ELSEWHERE}`);
    if (leavers.has(row)) above[row] = Math.max(manager, NOBODY);
    else if (manager === UNCLEAR) refuse(it.place(row), "the manager is nobody's id, name or e-mail address.");
  });
  const tops = bosses.filter((row) => leavers.has(row) && (above[row] === NOBODY || above[row] === row));
  tops.forEach((row) => leavers.delete(row) && empty.add(row));
  const gone = new Set([...leavers, ...[...empty].filter((row) => !above.includes(row))]);
  const [stay, unheld] = [[...empty].filter((row) => !gone.has(row)).length, gone.size - leavers.size];
  if (leavers.size) notes.push(`${count(leavers.size, "person")} had left, and ${is(leavers.size)} left out.`);
  if (stay) notes.push(`${count(stay, "vacant post")} with reports read as seats that somebody will hold.`);
  if (unheld) notes.push(`${count(unheld, "vacant post")} without reports left out.`);
  const rows = above.map((_, row) => row).filter((row) => !gone.has(row));
  const kept = above.map(() => LEFT_OUT);
  rows.forEach((row, person) => { kept[row] = person; });
  const moved = rows.filter((row) => gone.has(above[row])).length;
  if (moved) notes.push(`${count(moved, "person")} reported to somebody left out: read as reporting to the next up.`);
  const up = (row) => {
    const seen = new Set();
    let manager = above[row];
    for (; gone.has(manager) && !seen.has(manager); manager = above[manager]) seen.add(manager);
    return manager < 0 || gone.has(manager) ? NOBODY : kept[manager];
  };
  const ids = rows.map((row) => directory.keys.map((cells) => cells[row]).find(Boolean) ?? "");
  const last = new Map(ids.map((id, person) => [id, person]));
  rows.forEach((row, person) => {
    if (!ids[person]) refuse(it.place(row), "there is no id.");
    if (last.get(ids[person]) !== person) refuse(it.place(row), "the id is somebody else's too.");
  });
  if (!rows.length) refuse(it.file, "there are no people in it.");
  const managers = it.chosen.has("manager_id") ? rows.map(up) : rows.map(() => NOBODY);
  const place = (person) => it.place(rows[person]);
  return { it, directory, kept, managers, known: knownOf(it, rows), ...rolesOf(it, rows, notes), place };
}

/** Everyone's role by their row, null for none; ``held``: whether roles are the model's own words throughout. */
function rolesOf(it, rows, notes) {
  const known = [...it.words.roles.keys()];
  const columns = [...it.all("role").slice(0, 1), ...it.all("title")].map((at) => it.column(at));
  const titles = rows.map((row) => columns.map((cells) => (it.nothing(cells[row]) ? "" : slug(cells[row]))));
  const strange = rows.filter((_, person) => titles[person][0] && !known.includes(titles[person][0]));
  const near = (row) => known.some((role) => alike(slug(columns[0][row]), role) > 0.86);
  const own = it.chosen.has("role");
  const misspelt = own && strange.length && strange.every(near);
  if (misspelt) refuse(it.place(strange[0]), `the role is misspelt. The roles are ${known.join(", ")}.`);
  const roles = titles.map((cells) => cells.map((cell) => it.words.roles.get(cell)).find(Boolean) ?? null);
  const by = titles.filter((cells, at) => cells.some(Boolean) && roles[at] === null).length;
  if (by) notes.push(`${count(by, "person")} with a job title that is no role got one by their place in the line.`);
  return { roles, held: own && !strange.length };
}

/** How many letters two words share, whatever their order, from 0 to 1. */
function alike(one, other) {
  const rest = [...one].reduce((left, letter) => left.replace(letter, ""), other);
  return 2 * (other.length - rest.length) / (one.length + other.length);
}

/** What the columns of a survey say of everyone, null for what they do not. */
function knownOf(it, rows) {
  const columns = [...it.words.surveyed].map((name) => [name, it.first(name)]);
  return rows.map((row) => Object.fromEntries(columns.map(([name, cells]) => {
    const cell = cells[row];
    const share = /^(\d+[.,]?|[.,])?\d+$/.test(cell) ? number(cell) : null;
    const sound = it.nothing(cell) || (share !== null && share >= 0 && share <= 1);
    if (!sound) refuse(it.place(row), `${name} from 0 to 1 is needed, or nothing. ${ELSEWHERE}`);
    return [name, share];
  })));
}

// -- Links ------------------------------------------------------------------------------------------------------------

/** The rows of a table of links: the cells at their ends, the layer, the weight, and whether it goes both ways. */
function edgesOf(it) {
  const { words, names, chosen } = it;
  const layers = new Set([...words.layers.keys()].map(key));
  const known = [...words.layers].filter(([, [kind]]) => kind >= PEER).map(([name]) => name);
  const taken = new Set([...chosen.values()].map(([at]) => at));
  const wide = names.flatMap((name, at) => (!taken.has(at) && layers.has(key(name)) ? [key(name)] : []));
  const alone = String(wide) === "value" ? names.findIndex((name) => key(name) === "value") : -1;
  if (wide.length && alone < 0 && !chosen.has("layer") && !chosen.has("weight")) {
    refuse(it.file, `layers in columns of their own are not read here, but a column layer. ${ELSEWHERE}`);
  }
  const ways = new Set([...words.both, ...words.one, ...words.back]);
  const settled = new Map(chosen);
  for (const at of it.all("type")) {
    const cells = it.column(at).filter((cell) => !it.nothing(cell)).map(small);
    const layered = cells.every((cell) => layers.has(key(cell)));
    const said = layered ? "layer" : cells.every((cell) => ways.has(cell) || cell === "mixed") ? "direction" : "";
    if (said && cells.length && !settled.has(said)) settled.set(said, [at]);
  }
  const [directed, layered, weighing] = ["direction", "layer", "weight"].map((one) => settled.get(one)?.[0] ?? -1);
  const mutual = words.mutual.has(key(names[directed] ?? "").replace(/^is/, ""));
  const [weights, said, directions] = [weighing < 0 ? alone : weighing, layered, directed].map((at) => it.column(at));
  const [sources, targets] = [it.first("source"), it.first("target")];
  return it.body.map((_, row) => {
    const way = small(directions[row]);
    const [yes, no] = [words.yes.has(way), words.no.has(way)];
    const plain = yes || no || it.nothing(way);
    if (!plain && !ways.has(way)) refuse(it.place(row), "the direction is none of directed, undirected, yes and no.");
    const both = words.both.has(way) || ((yes || no) && yes === mutual);
    const layer = (it.nothing(said[row]) ? "" : slug(said[row])) || "peer";
    if (!known.includes(layer)) refuse(it.place(row), `the layer is none of ${known.join(", ")}. ${ELSEWHERE}`);
    const ends = words.back.has(way) ? [targets[row], sources[row]] : [sources[row], targets[row]];
    return { ends, layer, both, weight: weights[row], place: it.place(row) };
  });
}

/** The ties of each layer, those that say the same added up; ``people``: who is at their ends. */
function tiesOf(edges, { directory, kept }, notes) {
  const cells = new Set(edges.flatMap(({ ends }) => ends));
  const find = directory.finder([...cells]);
  const meant = new Map([...cells].map((cell) => [cell, find(cell)]));
  const found = new Map();
  let [lost, none, own, twice] = [0, 0, 0, 0];
  for (const { ends, layer, both, weight, place } of edges) {
    const rows = ends.map((cell) => meant.get(cell));
    if (rows.includes(SEVERAL)) refuse(place, `the source or the target could be more than one person. ${ELSEWHERE}`);
    if (rows.includes(NOBODY)) refuse(place, "the source or the target is nobody's id, name or e-mail address.");
    const amount = weight ? number(weight) : 1;
    if (amount === null || !(amount === 0 || (amount >= 1e-12 && amount <= 1e12))) {
      refuse(place, "the weight is not a number above 0 and up to 1e12 (0 for no tie).");
    }
    const [one, other] = rows.map((row) => kept[row]);
    if (one === LEFT_OUT || other === LEFT_OUT) lost += 1;
    else if (one === other) own += 1;
    else if (amount === 0) none += 1;
    else {
      const [source, target] = both && other < one ? [other, one] : [one, other];
      const ties = found.get(layer) ?? found.set(layer, new Map()).get(layer);
      const name = `${source} ${target} ${both}`;
      twice += ties.has(name);
      ties.set(name, { source, target, both, weight: (ties.get(name)?.weight ?? 0) + amount });
    }
  }
  if (lost) notes.push(`${count(lost, "link")} to people who are left out ${is(lost)} left out too.`);
  if (own) notes.push(`${count(own, "tie")} of a person to themself ${is(own)} left out.`);
  if (none) notes.push(`${count(none, "link")} of weight 0 ${is(none)} read as no tie.`);
  if (twice) notes.push(`${count(twice, "link")} came again in the same layer; the weights were added up.`);
  return found;
}

/** Weights as multiples of the kind's own; a tie both ways is two links. The sum is exact, in units of 2 ** -92. */
function scaled(how, ties) {
  const weights = ties.map(({ weight }) => (how === "log" ? Math.log1p(weight) : weight));
  if (how === "given") return weights;
  if (how === "equal") return weights.map(() => 1);
  const times = ties.map(({ both }) => (both ? 2 : 1));
  const sum = weights.reduce((total, weight, at) => total + BigInt(times[at] * weight * 2 ** 92), 0n);
  const mean = Number(sum) / 2 ** 92 / times.reduce((total, each) => total + each, 0);
  return weights.map((weight) => weight / mean);
}

/** Who influences whom, in the order in which the links come; people are their seats by now. */
function linksOf(ties, seats, managers, roles, words, notes) {
  const links = new Map();
  const link = (source, target, kind, weight = 1) => {
    const name = `${source} ${target} ${kind}`;
    links.set(name, [source, target, kind, (links.get(name)?.[3] ?? 0) + weight]);
  };
  managers.forEach((manager, seat) => {
    if (manager < 0) return;
    link(manager, seat, LINE_DOWN);
    link(seat, manager, LINE_UP);
  });
  let [joined, across] = [0, 0];
  const kinds = new Set();
  for (const [layer, found] of ties) {
    const [kind, turned, how] = words.layers.get(layer);
    kinds.add(kind);
    const all = [...found.values()];
    const weights = scaled(how, all);
    notes.push(`Layer ${layer}: ${count(all.length, "tie")}, weights ${how}; `
      + `the ${turned ? "target influences the source" : "source influences the target"}, or each the other.`);
    all.forEach(({ source, target, both }, at) => {
      const [one, other] = [seats[source], seats[target]];
      if (kind === PEER && (managers[one] === other || managers[other] === one)) { joined += 1; return; }
      across += kind === PEER && (roles[one] >= OUTSIDE || roles[other] >= OUTSIDE);
      for (const [from, to] of both ? [[one, other], [other, one]] : [turned ? [other, one] : [one, other]]) {
        link(from, to, kind, weights[at]);
      }
    });
  }
  if (joined) notes.push(`${count(joined, "tie")} between a person and their own line manager ${is(joined)} left out.`);
  if (across) notes.push(`${count(across, "tie")} with people from outside ${is(across)} read as between colleagues.`);
  const horizontal = [...kinds].filter((kind) => kind >= PEER && kind <= COPRODUCTION);
  if (horizontal.length && !kinds.has(PEER)) notes.push("The files link people with partners only.");
  const teams = new Map();
  managers.forEach((manager, seat) => teams.set(manager, [...(teams.get(manager) ?? []), seat]));
  teams.delete(NOBODY);
  const largest = Math.max(0, ...[...teams.values()].map((team) => team.length));
  if (!horizontal.length && largest > 1) {
    if (largest > LARGEST_TEAM) refuse("people file", "one person has more than 1,000 reports: add a links file.");
    notes.push("The files link no colleagues, so people with the same manager were made peers.");
    for (const team of teams.values()) {
      team.forEach((one, at) => team.slice(at + 1).forEach((other) => {
        link(one, other, PEER);
        link(other, one, PEER);
      }));
    }
  }
  return [0, 1, 2, 3].map((at) => [...links.values()].map((each) => each[at]));
}

// -- The line ---------------------------------------------------------------------------------------------------------

/** Settle who is what, by the line; refused where it is not one line. */
function settle({ it, roles, place, held, managers }, notes) {
  const everyone = roles.map((_, person) => person);
  const are = (test) => everyone.filter((person) => test(roles[person], person));
  const heads = () => {
    const bosses = new Set(managers);
    return everyone.filter((person) => bosses.has(person) && managers[person] === NOBODY);
  };
  if (roles.includes(LEAD_MEMBER)) refuse(place(roles.indexOf(LEAD_MEMBER)), `a lead member, it seems. ${ELSEWHERE}`);
  const inside = are((role) => role === null || role < OUTSIDE);
  const line = inside.length < 2 || managers.some((manager) => manager !== NOBODY);
  if (!line) refuse(it.file, `it does not say who manages whom. ${SAY_WHO_MANAGES}`);

  const own = everyone.filter((person) => managers[person] === person);
  own.forEach((person) => { managers[person] = NOBODY; });
  const tops = heads();
  if (own.length && (own.length > 1 || String(tops) !== String(own))) {
    refuse(place(own[0]), "this person manages themself. Leave the manager of the person at the top empty.");
  }
  if (own.length) notes.push(`The person in ${place(own[0])} is their own manager, so was taken as the director.`);
  for (const person of everyone) {
    let [above, steps] = [managers[person], 0];
    for (; above >= 0 && steps <= roles.length; steps += 1) above = managers[above];
    if (above >= 0) refuse(place(person), "the managers above this person manage one another in a circle.");
  }

  if (!held) {
    const [head, another] = tops;
    const moved = are((role, person) => (role === DIRECTOR && tops.length === 1 && person !== head)
      || (role >= OUTSIDE && managers[person] >= 0));
    moved.forEach((person) => { roles[person] = null; });
    if (moved.length) notes.push(`${count(moved.length, "person")} called director, or like somebody from outside, `
      + "got a role by their place in the line.");
    if (another === undefined && [MIDDLE_MANAGER, PRACTITIONER].includes(roles[head])) roles[head] = null;
  }
  const named = are((role) => role === DIRECTOR);
  const [director, second] = [named, tops, inside].find((each) => each.length) ?? [];
  if (named.length > 1) refuse(place(second), "a second person has the role director; there can be one.");
  if (tops.length > 1 || (named.length && tops.some((head) => head !== director))) {
    refuse(it.file, `${listed(tops.map(place))} have reports but no manager; one may, the director.`);
  }
  if (director === undefined || second !== undefined) refuse(it.file, `nobody is the director. ${SAY_WHO_MANAGES}`);
  const chief = roles[director] === null || roles[director] === DIRECTOR;
  if (!chief) refuse(place(director), "this person heads the line, so the role must be director.");
  if (managers[director] >= 0) refuse(place(director), "the director has a manager. Leave the manager empty.");

  const bosses = new Set(managers);
  const settled = roles.map((role, person) => {
    if (person === director) return DIRECTOR;
    return bosses.has(person) ? MIDDLE_MANAGER : role ?? PRACTITIONER;
  });
  const changed = are((role, person) => settled[person] === MIDDLE_MANAGER && role !== null && role !== MIDDLE_MANAGER);
  if (changed.length) notes.push(`${count(changed.length, "person")} with reports counted among the middle managers.`);
  const outside = everyone.filter((person) => managers[person] === NOBODY && !bosses.has(person)
    && settled[person] < OUTSIDE && person !== director);
  if (outside.length) notes.push(`${count(outside.length, "person")} with neither a manager nor reports stayed `
    + `(${listed(outside.map(place))}), looking straight to the director.`);
  return settled;
}

// -- All of it --------------------------------------------------------------------------------------------------------

/** The words of the files, by their keys, out of the JSON of sim/organisation/imported/words.py. */
function ready(given) {
  const by = (lists) => {
    const found = new Map();
    for (const [meaning, names] of Object.entries(lists)) {
      names.forEach((name, place) => found.has(name) || found.set(name, [meaning, place]));
    }
    return found;
  };
  const product = ([firsts, seconds]) => seconds.flatMap((second) => firsts.map((first) => first + second));
  const each = Object.entries(given.each).map(([meaning, both]) => [meaning, product(both)]);
  const word = "[\\p{L}\\p{N}_]";
  const pattern = (text) => new RegExp(text.replaceAll(".*", "[^\\n]*").replaceAll("\\d", "\\p{Nd}")
    .replaceAll("\\b", `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`), "iu");
  const { gone, marked, vacant, never, footer } = given.patterns;
  return {
    people: by({ ...given.people, ...Object.fromEntries(each) }),
    links: by(given.links),
    layers: new Map(Object.entries(given.layers)),
    roles: new Map(Object.entries(given.roles)),
    ...Object.fromEntries(Object.entries(given.lists).map(([name, list]) => [name, new Set(list)])),
    gone: pattern(`^(?:${gone})$`), vacant: pattern(`^(?:${vacant})$`),
    marked: pattern(marked), never: pattern(never), footer: pattern(footer),
  };
}

/**
 * An organisation read from the texts of a people file and a links file, which may be null. Throws an Error that says
 * where, what was found, and what would be accepted.
 * @param given the words of the files, from sim/organisation/imported/words.py
 * @returns {{ role: number[], manager: number[], address: number[], links: number[][], known: Object, notes: string[],
 *   columns: string[] }} by seat; links: their sources, targets, kinds and weights
 */
export function read(people, links, given) {
  if (people === null) refuse("people file", `a file of people is needed. ${ELSEWHERE}`);
  const words = ready(given);
  const [notes, columns] = [[], []];
  const table = (file, text, known, needed) => tableOf(file, text, known, needed, words, notes, columns);
  const edges = links === null ? [] : edgesOf(table("links file", links, words.links, [["source", "target"]]));
  const keys = [["id"], ["email"], ["name"], ["last_name"]];
  const everyone = peopleOf(table("people file", people, words.people, keys), notes);
  const found = tiesOf(edges, everyone, notes);
  const roles = settle(everyone, notes);
  const order = roles.map((_, person) => person).sort((a, b) => roles[a] - roles[b] || a - b);
  const seats = [];
  order.forEach((person, seat) => { seats[person] = seat; });
  const role = order.map((person) => roles[person]);
  const manager = order.map((person) => seats[everyone.managers[person]] ?? NOBODY);
  const address = role.map((one, seat) => one * 2 ** 48 + seat - role.indexOf(one) + 1);
  const known = Object.fromEntries(order.map((person, seat) => [seat, everyone.known[person]])
    .filter(([, told]) => Object.values(told).some((share) => share !== null)));
  const placed = linksOf(found, seats, manager, role, words, notes);
  notes.unshift(`${count(role.length, "person")} and ${count(placed[0].length, "link")} were read.`);
  return { role, manager, address, links: placed, known, notes, columns };
}
