/** What a caller says about saves. Apart from what makes them, which a page gets only where a run asks for it. */

import { checkIntegers } from "../../config/options.js";
import { show } from "../../text/show.js";

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

/** Whether a run saves itself or goes on from a save. */
export const wantsSaves = ({ saveTo, resume = false }: SaveOptions): boolean =>
  saveTo !== undefined || resume !== false;
