/** A collection of Anki as a SQLite file, in the old schema 11, which every Anki imports.
 *  Sources: https://github.com/ankidroid/Anki-Android/wiki/Database-Structure; rslib/src/storage/schema11.sql of
 *  https://github.com/ankitects/anki */

import { createHash } from "node:crypto";
import initSqlJs from "sql.js";
import { decks, fields, type Note } from "./cards.js";

const SCHEMA = `
  CREATE TABLE col (id integer primary key, crt integer not null, mod integer not null, scm integer not null, ver integer not null,
    dty integer not null, usn integer not null, ls integer not null, conf text not null, models text not null, decks text not null,
    dconf text not null, tags text not null);
  CREATE TABLE notes (id integer primary key, guid text not null, mid integer not null, mod integer not null, usn integer not null,
    tags text not null, flds text not null, sfld integer not null, csum integer not null, flags integer not null, data text not null);
  CREATE TABLE cards (id integer primary key, nid integer not null, did integer not null, ord integer not null, mod integer not null,
    usn integer not null, type integer not null, queue integer not null, due integer not null, ivl integer not null,
    factor integer not null, reps integer not null, lapses integer not null, left integer not null, odue integer not null,
    odid integer not null, flags integer not null, data text not null);
  CREATE TABLE revlog (id integer primary key, cid integer not null, usn integer not null, ease integer not null, ivl integer not null,
    lastIvl integer not null, factor integer not null, time integer not null, type integer not null);
  CREATE TABLE graves (usn integer not null, oid integer not null, type integer not null);
  CREATE INDEX ix_notes_usn ON notes (usn);
  CREATE INDEX ix_cards_usn ON cards (usn);
  CREATE INDEX ix_revlog_usn ON revlog (usn);
  CREATE INDEX ix_cards_nid ON cards (nid);
  CREATE INDEX ix_cards_sched ON cards (did, queue, due);
  CREATE INDEX ix_revlog_cid ON revlog (cid);
  CREATE INDEX ix_notes_csum ON notes (csum);`;

/** Fixed, so that a newer package renews the same note type and decks. Anki's ids are times in milliseconds. */
const MODEL = 1_764_000_000_000;
const deckId = (i: number): number => MODEL + 1 + i;
const noteId = (i: number): number => MODEL + 1000 + i;

const CSS = `.card { font: 18px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; max-width: 40em; margin: 0 auto; }
.nightMode.card { color: #e6e6e6; background: #111; }
.proof { font-size: 14px; opacity: 0.75; }
.wrong { border-left: 4px solid #af011b; padding-left: 10px; }`;

const ANSWER = `{{FrontSide}}
<hr id="answer">
<p>{{Answer}}</p><p class="proof">Proof: {{Proof}}</p>
<p><b>Then they ask:</b> {{Follow-up}} {{Follow-up answer}}</p>
<p class="wrong"><b>Often heard, and wrong:</b> {{Wrong answer}}<br>{{Refutation}} <span class="proof">Run: {{Run}}</span></p>`;

const model = (seconds: number) => ({
  ...{ id: MODEL, name: "Twinformer interview", type: 0, mod: seconds, usn: -1, sortf: 0, did: deckId(0) },
  ...{ css: CSS, latexPre: "", latexPost: "", vers: [], tags: [], req: [[0, "any", [0]]] },
  flds: fields.map((name, ord) => ({ name, ord, sticky: false, rtl: false, font: "Arial", size: 20, media: [] })),
  tmpls: [{ name: "Question", ord: 0, qfmt: "<p>{{Question}}</p>", afmt: ANSWER, did: null, bqfmt: "", bafmt: "" }],
});

const deck = (id: number, name: string, seconds: number) => ({
  ...{ id, name, mod: seconds, usn: -1, desc: "", dyn: 0, conf: 1, collapsed: false, browserCollapsed: false },
  ...{ extendNew: 0, extendRev: 0, newToday: [0, 0], revToday: [0, 0], lrnToday: [0, 0], timeToday: [0, 0] },
});

const CONFIG = {
  ...{ nextPos: 1, estTimes: true, activeDecks: [1], sortType: "noteFld", timeLim: 0, sortBackwards: false },
  ...{
    addToCur: true,
    curDeck: 1,
    newBury: true,
    newSpread: 0,
    dueCounts: true,
    curModel: String(MODEL),
    collapseTime: 1200,
  },
};

const DECK_CONFIG = {
  ...{ id: 1, name: "Default", mod: 0, usn: 0, maxTaken: 60, autoplay: true, timer: 0, replayq: true, dyn: false },
  new: { bury: true, delays: [1, 10], initialFactor: 2500, ints: [1, 4, 7], order: 1, perDay: 20, separate: true },
  lapse: { delays: [10], leechAction: 0, leechFails: 8, minInt: 1, mult: 0 },
  rev: { bury: true, ease4: 1.3, fuzz: 0.05, ivlFct: 1, maxIvl: 36_500, minSpace: 1, perDay: 100 },
};

/** What Anki compares when it looks for duplicates: the first eight hexadecimal digits of the SHA-1 of the first field. */
const checksum = (text: string): number => parseInt(createHash("sha1").update(text).digest("hex").slice(0, 8), 16);

/** The bytes of collection.anki2. @param now in milliseconds */
export async function collection(notes: readonly Note[], now: number): Promise<Uint8Array> {
  const SQL = await initSqlJs();
  const db = new SQL.Database();
  try {
    db.run(SCHEMA);
    const seconds = Math.floor(now / 1000);
    const all = [deck(1, "Default", seconds), ...decks.map((name, i) => deck(deckId(i), name, seconds))];
    const json = [CONFIG, { [MODEL]: model(seconds) }, Object.fromEntries(all.map((one) => [one.id, one])), { 1: DECK_CONFIG }, {}]; // prettier-ignore
    db.run("INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, ?)", [
      ...[seconds, now, now],
      ...json.map((value) => JSON.stringify(value)),
    ]);
    for (const [i, { guid, deck: place, tags, values }] of notes.entries()) {
      const id = noteId(i);
      const note = [
        id,
        guid,
        MODEL,
        seconds,
        ` ${tags.join(" ")} `,
        values.join("\x1f"),
        values[0],
        checksum(values[0]),
      ];
      db.run("INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')", note);
      const card = [id, id, deckId(place), seconds, i];
      db.run("INSERT INTO cards VALUES (?, ?, ?, 0, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')", card);
    }
    return db.export();
  } finally {
    db.close();
  }
}
