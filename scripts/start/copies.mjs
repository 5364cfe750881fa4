// The reader's notebooks: copies of notebooks/ in my-notebooks/, which git ignores. What a reader changed is never overwritten.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Problem } from "../setup/run.mjs";

const notebookNames = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();

/** What a notebook holds, as a short text: its cells and their outputs. JupyterLab changes the rest by itself. A file that is no
 *  notebook stands for itself, and null for none. */
function contentOf(file) {
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8");
  let content = text;
  try {
    const joined = (lines) => (Array.isArray(lines) ? lines.join("") : lines);
    const cells = JSON.parse(text).cells.map(({ cell_type, source, outputs, attachments }) => [
      cell_type,
      joined(source),
      outputs ?? [],
      attachments ?? {},
    ]);
    content = JSON.stringify(cells);
  } catch {
    // half written, or of another program
  }
  return createHash("sha256").update(content).digest("hex");
}

/** `04-routing` -> `04-routing (new original).ipynb`, or `(new original 2)` where the reader works in the first. */
function freeName(name, word, isTaken) {
  const base = path.basename(name, ".ipynb");
  for (let i = 1; ; i++) {
    const free = `${base} (${word}${i > 1 ? ` ${i}` : ""}).ipynb`;
    if (!isTaken(free)) return free;
  }
}

/** Brings the copies up to date. Says in `news`, one sentence each, what a reader should know. `fresh` names notebooks whose copy is
 *  put aside for the original.
 *  @param {{ originals: string, copies: string, fresh?: string[] }} folders  @returns {string[]} */
export function updateCopies({ originals, copies, fresh = [] }) {
  mkdirSync(copies, { recursive: true });
  const own = path.basename(copies);
  const names = notebookNames(originals);
  const again = new Set(fresh.map((wanted) => chosen(wanted, names)));
  const stateFile = path.join(copies, ".originals.json"); // the content of each file when we wrote it
  const written = readState(stateFile);
  const at = (name) => path.join(copies, name);
  const isReaders = (name) => existsSync(at(name)) && contentOf(at(name)) !== written[name];
  const write = (name, original) => {
    const beside = `${at(name)}.${process.pid}.tmp`;
    try {
      writeFileSync(beside, readFileSync(path.join(originals, original)));
      renameSync(beside, at(name));
    } finally {
      rmSync(beside, { force: true });
    }
    written[name] = contentOf(at(name));
  };

  const news = [];
  const updated = [];
  for (const name of names) {
    const [original, copy] = [contentOf(path.join(originals, name)), contentOf(at(name))];
    if (again.has(name) && copy !== null && copy !== original) {
      const aside = freeName(name, "mine", (free) => existsSync(at(free)));
      renameSync(at(name), at(aside));
      write(name, name);
      news.push(`${own}/${name} is the original again; what was there is now "${aside}".`);
    } else if (copy === null) write(name, name);
    else if (copy === original) written[name] = original;
    else if (original === written[name])
      continue; // only the reader changed it
    else if (isReaders(name)) {
      const beside = freeName(name, "new original", isReaders);
      write(beside, name);
      written[name] = original;
      news.push(`notebooks/${name} has changed and so has yours: the new one is "${beside}", yours is as you left it.`);
    } else {
      write(name, name);
      updated.push(name);
    }
  }
  if (updated.length > 0) news.unshift(`Brought up to date, as you had not changed them: ${updated.join(", ")}.`);
  writeFileSync(stateFile, `${JSON.stringify(written, null, 1)}\n`);
  return news;
}

function readState(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // the first start, or lost: then every copy that differs counts as the reader's
  }
}

function chosen(wanted, names) {
  const base = path.basename(wanted, ".ipynb");
  const name = names.find((file) => file === `${base}.ipynb`) ?? names.find((file) => file.startsWith(`${base}-`));
  if (name) return name;
  throw new Problem(`npm start: --fresh ${wanted}: notebooks/ has ${names.join(", ") || "none"}.`);
}
