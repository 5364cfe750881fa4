/** The runs that are done, one file each: shards on several machines write side by side, and whoever has all files has the lab. */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeWhole } from "../parts.js";
import { isSame } from "./probe.js";

/** One run, and what made it. */
export interface DonePart<Row> {
  readonly name: string;
  /** What it was asked for: a hash of config, plan and text. */
  readonly made: string;
  /** What the library computed then: losses of `probe`. */
  readonly probe: readonly number[];
  readonly commit: string;
  readonly node: string;
  readonly seconds: number;
  /** Why it ended early, or null. */
  readonly failed: string | null;
  readonly rows: readonly Row[];
}

/** Looks for a part among `recorded` ones and in files of `folder`, asked for the same and by a library that computed the same; null if
 *  there is none. */
export function findPart<Row>(
  folder: string,
  recorded: readonly DonePart<Row>[],
  name: string,
  made: string,
  losses: readonly number[],
): DonePart<Row> | null {
  const file = fileOf(folder, name);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as DonePart<Row>) : null;
  return (
    [kept, ...recorded].find((part) => part?.name === name && part.made === made && isSame(part.probe, losses)) ?? null
  );
}

export function keepPart<Row>(folder: string, part: DonePart<Row>): void {
  writeWhole(fileOf(folder, part.name), JSON.stringify(part));
}

const fileOf = (folder: string, name: string): string => path.join(folder, `${name.replaceAll(" ", "-")}.json`);
