/** Rows of an experiment with many seeds, kept in assets/labs with what made them. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** The commit, read before anything runs: hours later somebody may have changed the files. */
const git = (...args: string[]): string => spawnSync("git", ["-C", root, ...args], { encoding: "utf8" }).stdout.trim();
const changed = git("status", "--porcelain", "--untracked-files=no", "--", "lib", "scripts") !== "";
const commit = git("rev-parse", "--short", "HEAD") + (changed ? "+changes" : "");

/** Everything in a file of assets/labs. */
export interface Recorded<Row> {
  /** What makes the file anew. */
  command: string;
  /** The commit it ran at. */
  commit: string;
  node: string;
  seeds: number[];
  /** Options and criteria. */
  settings: Record<string, unknown>;
  rows: Row[];
}

/** Writes assets/labs/NAME.json. */
export function record<Row>(name: string, seeds: number[], settings: Record<string, unknown>, rows: Row[]): void {
  const content: Recorded<Row> = {
    command: `npm run labs -- ${name}`,
    commit,
    node: process.version,
    seeds,
    settings,
    rows,
  };
  const folder = path.join(root, "assets/labs");
  mkdirSync(folder, { recursive: true });
  const { rows: _, ...head } = content;
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  const json = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`;
  writeFileSync(path.join(folder, `${name}.json`), json);
}

/** The rows of assets/labs/NAME.json. */
export function readRecorded(name: string): unknown[] {
  const file = path.join(root, "assets/labs", `${name}.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as Recorded<unknown>).rows;
}

/** A number rounded to a few decimals: a curve needs no more. */
export const rounded = (x: number, digits = 3): number => Number(x.toFixed(digits));
