/** The parts of a long experiment (a seed, a remedy), kept in a file one by one: a run that was killed goes on where it ended. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Kept<Row> {
  /** What the rows depend on: code and settings. */
  made: string;
  parts: Record<string, { rows: Row[]; seconds: number }>;
}

export class Parts<Row> {
  readonly #file: string;
  readonly #kept: Kept<Row>;

  /** @param made what the rows depend on; parts that were kept under anything else are forgotten */
  constructor(file: string, made: unknown) {
    this.#file = file;
    const wanted = JSON.stringify(made);
    const found = read<Row>(file);
    this.#kept = found?.made === wanted ? found : { made: wanted, parts: {} };
  }

  /** The rows of one part: read if they were kept, else computed and kept. Either way they have been through JSON. */
  async rows(name: string, compute: () => Promise<readonly Row[]>): Promise<Row[]> {
    const { parts } = this.#kept;
    if (!Object.hasOwn(parts, name)) {
      const started = performance.now();
      const rows = await compute();
      parts[name] = { rows: [...rows], seconds: (performance.now() - started) / 1000 };
      writeWhole(this.#file, JSON.stringify(this.#kept));
    }
    return JSON.parse(JSON.stringify(parts[name].rows)) as Row[];
  }

  /** Seconds that all parts took, those of earlier runs included. */
  get seconds(): number {
    return Object.values(this.#kept.parts).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Called when the experiment is recorded: the next one begins anew. */
  forget(): void {
    rmSync(this.#file, { force: true });
  }
}

/** Null where there is no such file, or one that a full disk cut off. */
function read<Row>(file: string): Kept<Row> | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Kept<Row>;
  } catch {
    return null;
  }
}

/** Writes beside the file and renames, so that there is always a whole one. */
export function writeWhole(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
