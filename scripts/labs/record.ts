/** Rows of an experiment with many seeds, kept in assets/labs with what made them. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Parts, writeWhole } from "./parts.js";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const recordOf = (name: string): string => path.join(root, "assets/labs", `${name}.json`);

/** The commit, read before anything runs: hours later the files may have changed. */
const git = (...args: string[]): string => spawnSync("git", ["-C", root, ...args], { encoding: "utf8" }).stdout.trim();
const sources = ["lib", "scripts", "assets/texts", "assets/domains"];
const changes = git("diff", "HEAD", "--", ...sources);
const commit = git("rev-parse", "--short", "HEAD") + (changes ? "+changes" : "");

/** What a figure was made by. */
export interface Made {
  /** With "+changes" where files differed from it. */
  commit: string;
  node: string;
  machine: string;
}

export const madeBy = (): Made => ({
  commit,
  node: process.version,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
});

/** Two runs with changes are of one code only if the changes are the same. */
const code = commit + (changes ? createHash("sha256").update(changes).digest("hex") : "");

/** Everything in a file of assets/labs. */
export interface Recorded<Row> {
  /** What makes the file anew. */
  command: string;
  /** The commit it ran at. */
  commit: string;
  node: string;
  /** Seconds that it took. */
  seconds: number;
  seeds: readonly number[];
  /** Options and criteria. */
  settings: Record<string, unknown>;
  rows: Row[];
}

/** One lab on its way. */
export interface Recording<Row> {
  /** Computes the rows of one part, or reads what an earlier run at the same commit, with the same settings, has kept. */
  part(name: string, compute: () => Promise<readonly Row[]>): Promise<Row[]>;
  /** Writes all rows to assets/labs/NAME.json. */
  finish(rows: readonly Row[]): void;
}

export function recording<Row>(
  name: string,
  seeds: readonly number[],
  settings: Record<string, unknown>,
): Recording<Row> {
  const made = { code, node: process.version, seeds, settings };
  const parts = new Parts<Row>(path.join(root, "build/labs", `${name}.json`), made);
  return {
    part: (part, compute) => parts.rows(part, compute),
    finish: (rows) => {
      const seconds = Math.round(parts.seconds);
      const head: Omit<Recorded<Row>, "rows"> = {
        command: `npm run labs -- ${name}`,
        ...{ commit, node: process.version, seconds, seeds, settings },
      };
      const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
      writeWhole(recordOf(name), `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`);
      parts.forget();
    },
  };
}

/** The rows of assets/labs/NAME.json. */
export const readRecorded = (name: string): unknown[] =>
  (JSON.parse(readFileSync(recordOf(name), "utf8")) as Recorded<unknown>).rows;

/** A number rounded to a few decimals: a curve needs no more. */
export const rounded = (x: number, digits = 3): number => Number(x.toFixed(digits));
