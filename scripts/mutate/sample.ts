/** Which mutants are tried: all of a folder's files, without those judged equivalent, and of these a sample. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { equivalents, writesPast } from "./equivalent.js";
import { type Mutant, mutantsOf } from "./mutants.js";

export interface Stratum {
  /** A folder or a file. */
  at: string;
  mutants: Mutant[];
  /** How many there are in all. */
  total: number;
  equivalent: number;
}

/** At most `count` mutants of each of the files and folders `at`, the same for the same seed: also those of the next
 *  version of the code, as far as they are still there. */
export function sampled(root: string, at: readonly string[], count: number, seed: string): Stratum[] {
  return at.map((name) => {
    const all = sourcesOf(root, name).flatMap((file) => mutantsOf(file, readFileSync(path.join(root, file), "utf8")));
    const mutants = all.filter((mutant) => !isEquivalent(mutant));
    const order = new Map(mutants.map(({ id }) => [id, hash(`${seed} ${id}`)]));
    mutants.sort((a, b) => (order.get(a.id)! < order.get(b.id)! ? -1 : 1));
    const equivalent = all.length - mutants.length;
    return { at: name, mutants: mutants.slice(0, count), total: all.length, equivalent };
  });
}

export const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The files of TypeScript at `name`, a file or a folder, by paths from the root. */
export function sourcesOf(root: string, name: string): string[] {
  if (statSync(path.join(root, name)).isFile()) return [name];
  return readdirSync(path.join(root, name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".generated.ts"))
    .map((file) => `${name}/${file.split(path.sep).join("/")}`)
    .sort();
}

const isEquivalent = (mutant: Mutant): boolean =>
  writesPast(mutant) ||
  equivalents.some(
    ({ file, inside, original, text }) =>
      file === mutant.file && inside === mutant.inside && original === mutant.original && text === mutant.text,
  );
