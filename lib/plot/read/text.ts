import { asBytes } from "../../format/record.js";
import { sentence, show } from "../../text/show.js";

/** What a reader is given: the text of a file, or its bytes. It reads no path, so that it works in a page, too. */
export type FileText = string | Uint8Array | ArrayBuffer;

/** What is wrong with a file, in one sentence. @param where its place: "line 3" */
export function refuse(reader: string, words: string, where = ""): never {
  throw new Error(sentence(`${reader}: ${[where, words].filter(Boolean).join(" ")}`));
}

/** The text of a file, which may begin with a byte order mark. */
export function textOf(reader: string, file: unknown): string {
  if (typeof file === "string") return file.replace(/^\ufeff/, "");
  const bytes = asBytes(file);
  if (!bytes) throw new TypeError(`${reader} needs the text of a file, or its bytes, got ${show(file)}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse(reader, "these bytes are not text in UTF-8");
  }
}

/** JSON as Python writes it, where NaN and Infinity are numbers, too. Throws a SyntaxError for what is neither. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const spelled = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (found) => SPELLED[found] ?? found);
    if (spelled === text) throw cause;
    return JSON.parse(spelled, (_, value: unknown) => (value === NOT_A_NUMBER ? NaN : value));
  }
}

const NOT_A_NUMBER = "\u0000NaN"; // a text that no file has
const SPELLED: Readonly<Record<string, string | undefined>> = {
  NaN: JSON.stringify(NOT_A_NUMBER),
  Infinity: "1e999",
  "-Infinity": "-1e999",
};

/** A cell of a table: a number where it looks like one, null where it is empty, else its text. */
export function valueOf(cell: string): number | string | null {
  const text = cell.trim();
  if (text === "") return null;
  const number = Number(text);
  if (!Number.isNaN(number) && !/[xob]/i.test(text)) return number; // hexadecimal is no number of a log
  const word = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (!word) return text;
  return word[2].toLowerCase() === "nan" ? NaN : word[1] === "-" ? -Infinity : Infinity;
}
