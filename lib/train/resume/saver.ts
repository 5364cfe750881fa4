/** When and where a run of `train` saves itself, and what it goes on from. */

import type { Corpus } from "../../data/corpus.js";
import { named } from "../../text/show.js";
import { checksum } from "./checksum.js";
import { readWhole, RunFolder } from "./folder.js";
import type { SaveOptions, SaveSink, SaveSource } from "./options.js";
import { type RunParts, RunState } from "./runState.js";

export type Parts = RunParts & { progress: { step: number } };

/** Saves a run as the options say. */
export class Saver {
  readonly #who: string;
  readonly #options: SaveOptions;
  readonly #progress: { readonly step: number };
  readonly #run: RunState;
  readonly #folder: RunFolder | null;
  /** The step of the last save. */
  #saved = 0;

  constructor(who: string, options: SaveOptions, { corpus, ...parts }: Parts & { corpus: Corpus }) {
    this.#who = who;
    this.#options = options;
    this.#progress = parts.progress;
    this.#run = new RunState({ ...parts, plan: { ...parts.plan, text: textFacts(corpus) } });
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

/** What tells one text from another. */
function textFacts({ tokenizer, train, validation }: Corpus): object {
  const bytesOf = (ids: Int32Array): Uint8Array => new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
  const facts = (ids: Int32Array): string => `${ids.length} tokens, checksum ${checksum(bytesOf(ids))}`;
  return { vocabulary: tokenizer.vocabulary, train: facts(train), validation: facts(validation) };
}
