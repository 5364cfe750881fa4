/** Saves on disk: one file each, so that at every moment, also of a crash, one of them is whole. Node's modules are asked for when they
 *  are needed: an import would end up in pages. */

import { checkIntegers } from "../../config/options.js";
import { named, show } from "../../text/show.js";
import { DamagedSave, fromFile } from "./file.js";

const NAME = /^run-(\d+)\.safetensors$/;
/** What is being written: a kill leaves it behind, the next write takes it away. */
const PART = ".part";

export interface FoundSave {
  file: string;
  bytes: Uint8Array;
  /** A sentence about later saves that are not whole; null where there are none. */
  note: string | null;
}

/** A folder with the saves of one run, `run-00000300.safetensors` for step 300: the last two that are whole.
 *  @example
 *  new RunFolder("runs/moe").path; // => "runs/moe" */
export class RunFolder {
  /** Those that `newest` found not to be whole. */
  readonly #damaged = new Set<string>();

  /** @param path of a folder, which `write` makes if it is not there  @param who the function that was given it, for the sentences */
  constructor(
    readonly path: string,
    private readonly who = "RunFolder",
  ) {
    if (typeof path !== "string" || path === "")
      throw new TypeError(`${who}: needs the path of a folder, got ${show(path)}`);
  }

  /** Writes a save under another name, waits until the disk has it, then gives it its name, and the save before the last goes. So
   *  whenever the process or the machine ends, the last save is there as a whole. Throws a sentence where the system does not let it. */
  async write(step: number, bytes: Uint8Array): Promise<void> {
    checkIntegers("RunFolder.write", { step }, { from: 0 });
    const { fs, paths } = node(this.who, this.path);
    const at = (name: string): string => paths.join(this.path, name);
    const name = `run-${String(step).padStart(8, "0")}.safetensors`;
    try {
      await fs.mkdir(this.path, { recursive: true });
      const file = await fs.open(at(name + PART), "w");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(at(name + PART), at(name));
      await this.#syncNames();
      this.#damaged.delete(name);
      const names = await fs.readdir(this.path);
      const parts = names.filter((other) => NAME.test(other.replace(PART, "")) && other.endsWith(PART));
      const earlier = savesIn(names).filter((other) => stepOf(other) < step && !this.#damaged.has(other));
      for (const old of [...earlier.slice(1), ...parts, ...this.#damaged]) await fs.rm(at(old), { force: true });
      this.#damaged.clear();
    } catch (cause) {
      unable(this.who, "write", at(name), cause);
    }
  }

  /** The save of the largest step that is whole; null where the folder has no save. Throws where none of them is whole, and for one of
   *  a newer format. */
  async newest(): Promise<FoundSave | null> {
    const { paths } = node(this.who, this.path);
    const notes: string[] = [];
    for (const name of await this.#saves()) {
      const file = paths.join(this.path, name);
      const bytes = await readWhole(this.who, file);
      try {
        fromFile(this.who, bytes, file);
        const note = notes.length ? `${notes.join("; ")}; going on from ${name}, the save before it` : null;
        return { file, bytes, note };
      } catch (error) {
        if (!(error instanceof DamagedSave)) throw error;
        notes.push(error.message);
        this.#damaged.add(name);
      }
    }
    if (notes.length) throw new DamagedSave(`${notes.join("; ")}; no other save is in the folder`);
    return null;
  }

  /** Whether a path is one of this folder, or the folder itself. */
  holds(path: string): boolean {
    const { paths } = node(this.who, path);
    const inside = paths.relative(this.path, path);
    return inside === "" || (inside !== ".." && paths.basename(inside) === inside);
  }

  /** Whether a save is there, whole or not. */
  async hasSaves(): Promise<boolean> {
    return (await this.#saves()).length > 0;
  }

  /** The latest first. */
  async #saves(): Promise<string[]> {
    const { fs } = node(this.who, this.path);
    try {
      return savesIn(await fs.readdir(this.path));
    } catch (cause) {
      if ((cause as { code?: string }).code === "ENOENT") return [];
      unable(this.who, "read", this.path, cause);
    }
  }

  /** A new name is safe only when the disk has the folder too. Windows cannot be asked for that. */
  async #syncNames(): Promise<void> {
    if (process.platform === "win32") return;
    const folder = await node(this.who, this.path).fs.open(this.path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

const stepOf = (name: string): number => Number(NAME.exec(name)?.[1]);

const savesIn = (names: readonly string[]): string[] =>
  names.filter((name) => NAME.test(name)).sort((a, b) => stepOf(b) - stepOf(a));

/** A whole file, in Node. */
export async function readWhole(who: string, path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await node(who, path).fs.readFile(path)); // a plain one: Node's Buffer has a slice of its own
  } catch (cause) {
    unable(who, "read", path, cause);
  }
}

function node(
  who: string,
  path: string,
): {
  fs: typeof import("node:fs/promises");
  paths: typeof import("node:path");
} {
  if (typeof process === "undefined" || !("getBuiltinModule" in process))
    throw new Error(
      `${who}: ${named(path)} is a path, which only Node can use: in a page, saveTo is a function that gets the bytes, and resume the bytes`,
    );
  return { fs: process.getBuiltinModule("node:fs/promises"), paths: process.getBuiltinModule("node:path") };
}

function unable(who: string, what: string, path: string, cause: unknown): never {
  const { code, message } = cause as { code?: string; message?: string };
  const why = code === "ENOENT" ? "there is no such file or folder" : (message ?? String(cause));
  throw new Error(`${who}: cannot ${what} ${named(path)}: ${why}`, { cause });
}
