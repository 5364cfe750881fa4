// What the course takes of a disk, measured on the clone that runs this.
import { lstatSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { tableOf } from "../record/parts.mjs";
import { root, run } from "../setup/run.mjs";

/** Bytes of all files of a folder; links lead nowhere. */
function bytesIn(folder) {
  let sum = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) sum += bytesIn(file);
    else if (entry.isFile()) sum += lstatSync(file).size;
  }
  return sum;
}

const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString("en")} MB`;

/** Files that git keeps. */
async function tracked() {
  const { output } = await run("git", ["-C", root, "ls-files", "-z"]);
  return output
    .split("\0")
    .filter(Boolean)
    .reduce((sum, file) => sum + (lstatSync(path.join(root, file), { throwIfNoEntry: false })?.size ?? 0), 0);
}

const KINDS = [
  ["node_modules", "packages of the lock file"],
  ["dist", "the library, built"],
  [".twinformer/python", "Python packages with JupyterLab"],
  ["build/notebooks", "all notebooks, executed, each with its page"],
  ["build/site", "the pages of `npm run site`"],
];

/** A table of what lies on the disk. */
export async function diskTable() {
  const there = KINDS.flatMap(([folder, what]) => {
    try {
      return [[`\`${folder}\``, what, megabytes(bytesIn(realpathSync(path.join(root, folder))))]];
    } catch {
      return []; // not made here
    }
  });
  return tableOf(["where", "what", "size"], [["the clone", "what git keeps", megabytes(await tracked())], ...there]);
}

/** How long each notebook took and what its kernel held at most, out of what `npm run notebooks` noted. */
export const notebookTable = (notebooks) =>
  tableOf(
    ["notebook", "executed in", "memory of its kernel at most"],
    notebooks.map(({ name, copy }) => {
      const { seconds, peakBytes } = copy.metadata.twinformer ?? {};
      return [name, seconds ? `${seconds} s` : "not noted", peakBytes ? megabytes(peakBytes) : "not noted"];
    }),
  );
