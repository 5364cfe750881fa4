import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { decks, fields, notes } from "../../scripts/anki/cards.js";
import { collection } from "../../scripts/anki/collection.js";

const folder = mkdtempSync(path.join(tmpdir(), "twinformer-anki-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a package with Python's own zip and SQLite, which know nothing of the libraries that wrote it. */
const READER = `
import json, sqlite3, sys, zipfile, tempfile, os
names = zipfile.ZipFile(sys.argv[1]).namelist()
place = tempfile.mkdtemp()
zipfile.ZipFile(sys.argv[1]).extractall(place)
db = sqlite3.connect(os.path.join(place, "collection.anki2"))
ver, models, decks = db.execute("select ver, models, decks from col").fetchone()
rows = db.execute("select n.guid, n.flds, n.tags, n.mid, c.did, c.ord from cards c join notes n on n.id = c.nid order by c.due").fetchall()
print(json.dumps({"names": names, "ver": ver, "models": json.loads(models), "decks": json.loads(decks), "rows": rows,
  "check": db.execute("pragma integrity_check").fetchone()[0], "media": open(os.path.join(place, "media")).read()}))
`;
interface Read {
  names: string[];
  ver: number;
  check: string;
  media: string;
  models: Record<string, { flds: { name: string }[]; tmpls: { qfmt: string; afmt: string }[] }>;
  decks: Record<string, { name: string }>;
  rows: [guid: string, flds: string, tags: string, mid: number, did: number, ord: number][];
}

describe("the package for Anki", async () => {
  const all = notes();
  const file = path.join(folder, "cards.apkg");
  writeFileSync(file, zipSync({ "collection.anki2": await collection(all, 1_764_000_000_000), media: strToU8("{}") }));
  const read = JSON.parse(execFileSync("python3", ["-c", READER, file], { encoding: "utf8", maxBuffer: 1e8 })) as Read;

  it("is a zip with a sound collection and no media", () => {
    expect(read).toMatchObject({ names: ["collection.anki2", "media"], ver: 11, check: "ok", media: "{}" });
  });

  it("has every question once, in the deck of its level, with all fields", () => {
    expect(read.rows).toHaveLength(all.length);
    expect(new Set(read.rows.map(([guid]) => guid)).size).toBe(all.length);
    read.rows.forEach(([guid, flds, tags, mid, did, ord], i) => {
      expect(guid).toBe(all[i].guid);
      expect(flds.split("\x1f")).toEqual(all[i].values);
      expect(flds.split("\x1f").every(Boolean)).toBe(true);
      expect(flds).not.toMatch(/\{\w+\}/);
      expect(tags).toContain(" twinformer ");
      expect(read.models).toHaveProperty(String(mid));
      expect(read.decks[did].name).toBe(decks[all[i].deck]);
      expect(ord).toBe(0);
    });
  });

  it("has templates that name only fields that there are", () => {
    const [model] = Object.values(read.models);
    expect(model.flds.map(({ name }) => name)).toEqual([...fields]);
    const named = [...(model.tmpls[0].qfmt + model.tmpls[0].afmt).matchAll(/\{\{([^}]+)\}\}/g)].map(([, name]) => name);
    expect(named.filter((name) => name !== "FrontSide" && !fields.includes(name as (typeof fields)[number]))).toEqual(
      [],
    );
    expect(named).toContain("Wrong answer");
  });
});
