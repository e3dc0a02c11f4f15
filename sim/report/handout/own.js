// An organisation of the reader's own: files that are dropped here are read here, and go nowhere.

import { $, element } from "handout/dom";
import { read } from "handout/reader";

const MOST_SEATS = 600;

export class Own {
  constructor(page) {
    this.page = page;
    this.kept = {};
    $("own").addEventListener("submit", (event) => {
      event.preventDefault();
      this.bring([$("people-file").files[0], $("links-file").files[0]]);
    });
    $("own-back").addEventListener("click", () => this.show(null));
  }

  async bring(files) {
    try {
      const [people, links] = await Promise.all(files.map((file) => (file ? text(file) : null)));
      if (people === null) throw new Error("Choose a file of people.");
      const found = read(people, links, this.page.doc.reading);
      if (found.role.length > MOST_SEATS) throw new Error(`${found.role.length} people: this page plays at most ${MOST_SEATS}. The command line has no such bound.`);
      await this.show(found);
      this.page.trouble("");
    } catch (error) {
      this.page.trouble(`These files cannot be shown. ${error.message}`);
    }
  }

  /** Play in an organisation that was read, with the facilitators of the programme; null: the page's own again. */
  async show(found) {
    const { page } = this;
    this.kept = found ? { organisation: found } : {};
    const setting = found && around(found, page.doc);
    const lists = [["own-columns", found?.columns ?? []], ["own-notes", found ? [...found.notes, ...became(found, setting, page.doc)] : []]];
    for (const [id, lines] of lists) {
      $(id).replaceChildren(...lines.map((line) => element("li", line)));
    }
    $("own-read").hidden = found === null;
    await page.around(setting ?? page.doc.organisation);
    await page.go(0, false);
    page.look("stage");
    page.saved.write();
  }
}

/** The text of a file, whichever of the usual encodings it has. */
async function text(file) {
  const bytes = await file.arrayBuffer();
  const start = new Uint8Array(bytes.slice(0, 2));
  const wide = { "255,254": "utf-16le", "254,255": "utf-16be" }[String(start)];
  if (wide) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Who became what, and who was added. */
function became(found, setting, { engine, roles }) {
  const counted = (role) => engine.roles.flatMap((slug, number) => {
    const many = role.filter((held) => held === number).length;
    return many ? [`${many} ${roles[slug][many === 1 ? 0 : 1]}`] : [];
  });
  const added = setting.role.slice(found.role.length);
  return [`In the model: ${counted(found.role).join(", ")}.`, ...(added.length ? [`Added: ${counted(added).join(", ")}, of the outside programme.`] : [])];
}

/** What a scenario puts around an organisation that was read: the facilitators, while it subscribes. */
function around(found, doc) {
  const slugs = doc.engine.roles;
  const of = (slug) => found.role.flatMap((held, seat) => (held === slugs.indexOf(slug) ? [seat] : []));
  const survey = ["commitment", "practice", "values", "leadership"]; // as sim/scenario/scenario.py has a Person
  const out = { ...structuredClone(found), joined: { health: [], vcs: [], lived: [] }, team_size: 0 };
  const [facilitator, facilitation] = [slugs.indexOf("change_facilitator"), doc.kinds.findIndex(({ slug }) => slug === "facilitation")];
  if (doc.setting.subscription.enabled && !of("change_facilitator").length) {
    const listeners = [...of("director"), ...of("middle_manager")];
    for (let i = 0; i < doc.setting.organisation.facilitators; i += 1) {
      const seat = out.role.push(facilitator) - 1;
      out.manager.push(-1);
      out.address.push(facilitator * 2 ** 48 + i + 1);
      for (const listener of listeners) [seat, listener, facilitation, 1].forEach((value, column) => out.links[column].push(value));
    }
  }
  out.known = out.role.map((_, seat) => survey.map((name) => found.known[seat]?.[name] ?? null));
  return out;
}
