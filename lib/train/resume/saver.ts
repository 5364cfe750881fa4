/** When and where a run of `train` saves itself, and what it goes on from. */

import { checkIntegers } from "../../config/options.js";
import { named, show } from "../../text/show.js";
import { readWhole, RunFolder } from "./folder.js";
import { type RunParts, RunState } from "./runState.js";

/** What is told of a save: its bytes, and the step after which it was made. */
export type SaveSink = (bytes: Uint8Array, step: number) => void | Promise<void>;

/** A folder of saves or one of them by its path, in Node; its bytes; or a file of a page (a `File` or `Blob`). */
export type SaveSource = string | Uint8Array | ArrayBuffer | { arrayBuffer(): Promise<ArrayBuffer> };

export interface SaveOptions {
  /** Where the run saves itself, so that it can go on after a stop, a crash or a kill: a folder, in Node, which keeps the last two
   *  saves; or a function that gets the bytes of each, to keep or download them. It saves every `saveEvery` steps, at the end, and
   *  where it is stopped. Default: nowhere. */
  saveTo?: string | SaveSink;
  /** Steps between saves. Default 100. */
  saveEvery?: number;
  /** Goes on from a save to the same numbers, bit for bit: true from the last one in `saveTo`, or from the beginning where that has
   *  none yet; or a folder, a file of one, its bytes, a file of a page. The rows go on with the step after the save. The model, the
   *  text and the options must be those of the save, but for names, evaluations, `metrics` and what is said here. Default false, which
   *  refuses a `saveTo` that has saves. */
  resume?: boolean | SaveSource;
}

/** Throws a sentence unless they make sense. */
export function checkSaveOptions(who: string, { saveTo, saveEvery = 100, resume = false }: SaveOptions): void {
  checkIntegers(who, { saveEvery }, { from: 1, orInfinity: true });
  if (saveTo !== undefined && typeof saveTo !== "function" && (typeof saveTo !== "string" || saveTo === ""))
    throw new RangeError(`${who}: saveTo must be the path of a folder or a function of bytes, got ${show(saveTo)}`);
  if (resume === true && typeof saveTo !== "string")
    throw new RangeError(`${who}: resume: true needs saveTo, a folder whose last save to go on from`);
  if (typeof resume !== "boolean" && !isSource(resume))
    throw new RangeError(`${who}: resume must be true, false, a path, or the bytes of a save, got ${show(resume)}`);
}

const isSource = (given: unknown): boolean =>
  (typeof given === "string" && given !== "") ||
  ArrayBuffer.isView(given) ||
  Object.prototype.toString.call(given).slice(8, -1) === "ArrayBuffer" ||
  typeof (given as { arrayBuffer?: unknown } | null)?.arrayBuffer === "function";

type Parts = RunParts & { progress: { step: number } };

/** What saves a run as the options say; null where they ask for nothing, so that nothing is computed for it.
 *  @param parts of the run, before its first step; of its `progress`, `step` is the number of steps that are done */
export const saverOf = (who: string, options: SaveOptions, parts: () => Parts): Saver | null =>
  options.saveTo === undefined && (options.resume ?? false) === false ? null : new Saver(who, options, parts());

class Saver {
  readonly #who: string;
  readonly #options: SaveOptions;
  readonly #progress: { readonly step: number };
  readonly #run: RunState;
  readonly #folder: RunFolder | null;
  /** The step of the last save. */
  #saved = 0;

  constructor(who: string, options: SaveOptions, parts: Parts) {
    this.#who = who;
    this.#options = options;
    this.#progress = parts.progress;
    this.#run = new RunState(parts);
    this.#folder = typeof options.saveTo === "string" ? new RunFolder(options.saveTo, who) : null;
  }

  /** Loads the save to go on from, if the options name one. */
  async resume(): Promise<void> {
    const { resume = false } = this.#options;
    const folder = this.#folder;
    const isOwn = resume === true || (typeof resume === "string" && folder?.holds(resume));
    if (!isOwn && (await folder?.hasSaves()))
      throw new Error(
        `${this.#who}: ${named(folder!.path)} has saves of a run: resume: true goes on from the last one, another folder begins anew`,
      );
    const bytes = await this.#source(resume);
    if (!bytes) return;
    this.#run.load(bytes, this.#who);
    if (isOwn) this.#saved = this.#progress.step;
  }

  /** Saves if it is time for that. */
  async saveIfDue(): Promise<void> {
    const { saveEvery = 100 } = this.#options;
    if (this.#progress.step % saveEvery === 0) await this.save();
  }

  /** Saves, unless nothing was done since the last time. */
  async save(): Promise<void> {
    const { saveTo } = this.#options;
    const { step } = this.#progress;
    if (saveTo === undefined || this.#saved === step) return;
    const bytes = this.#run.save();
    await (this.#folder ? this.#folder.write(step, bytes) : (saveTo as SaveSink)(bytes, step));
    this.#saved = step;
  }

  async #source(resume: boolean | SaveSource): Promise<Uint8Array | ArrayBuffer | null> {
    if (resume === false) return null;
    if (resume === true) return this.#newest(this.#folder!);
    if (typeof resume !== "string") return "arrayBuffer" in resume ? resume.arrayBuffer() : resume;
    if (resume.endsWith(".safetensors")) return readWhole(this.#who, resume);
    const bytes = await this.#newest(new RunFolder(resume, this.#who));
    if (!bytes) throw new Error(`${this.#who}: there is no save in ${named(resume)}`);
    return bytes;
  }

  async #newest(folder: RunFolder): Promise<Uint8Array | null> {
    const found = await folder.newest();
    if (found?.note) console.warn(found.note);
    return found?.bytes ?? null;
  }
}
