/** A run as the end of an address: `#k=1&b=none&at=90&ch=80_b_switch_bs_0.03`. What is left out is as by default, so links stay short; all of it is
 *  there, so that another browser trains the same run. */

import { type Change, defaults, fields, LAST, live, names, type Run, type Settings } from "./settings.js";

export interface Linked {
  readonly run: Run;
  /** The step at which it is shown; 0 for a new run. */
  readonly at: number;
  /** The reader's sentence; null for the one of the text. */
  readonly sentence: string | null;
  /** A text of the reader's own; null for a built-in one. */
  readonly ownText: string | null;
}

export class BadAddress extends Error {
  override readonly name = "BadAddress";
}

/** Characters of an own text up to which it is in the link: browsers and chats bear no longer address. */
export const LONGEST = 20_000;

const textOf = (value: string | number | null): string => (value === null ? "none" : String(value));

/** @param settings to be written  @param than those that need not be said */
const pairs = (settings: Partial<Settings>, than: Partial<Settings>): [string, string][] =>
  names.flatMap((name) =>
    settings[name] === undefined || settings[name] === than[name] ? [] : [[fields[name].key, textOf(settings[name])]],
  );

/** Without "#". An own text is zipped into it. */
export async function toAddress({ run, at, sentence, ownText }: Linked): Promise<string> {
  const query = new URLSearchParams(pairs(run.settings, defaults));
  // "_" and "*" stay as they are in an address, and no value has them.
  const changes = run.changes.map(({ after, to }) => [after, ...pairs(to, {}).flat()].join("_"));
  if (changes.length > 0) query.set("ch", changes.join("*"));
  if (at > 0) query.set("at", String(at));
  if (sentence !== null) query.set("say", sentence);
  if (ownText !== null && ownText.length <= LONGEST) query.set("text", await zipped(ownText));
  return query.toString();
}

/** Throws a BadAddress with a sentence that names what is wrong. */
export async function fromAddress(text: string): Promise<Linked> {
  const query = new URLSearchParams(text.replace(/^#/, ""));
  const take = (key: string): string | null => {
    const value = query.get(key);
    query.delete(key);
    return value;
  };
  const [ch, at, sentence, own] = [take("ch"), take("at"), take("say"), take("text")];
  const settings = { ...defaults, ...settingsIn([...query], names) };
  const changes = (ch === null ? [] : ch.split("*")).map((one): Change => {
    const [after, ...rest] = one.split("_");
    const entries = rest.flatMap((key, i): [string, string][] => (i % 2 === 0 ? [[key, rest[i + 1] ?? ""]] : []));
    return { after: stepIn("ch", after), to: settingsIn(entries, live) };
  });
  if (changes.some(({ after }, i) => i > 0 && after <= changes[i - 1].after))
    throw new BadAddress(`the changes of the link are not in the order of their steps: ${ch}`);
  const ownText = own === null ? null : await unzipped(own);
  if ((settings.text === "own") !== (ownText !== null))
    throw new BadAddress(
      settings.text === "own"
        ? "the link is of a run on somebody's own text, which was too long to be in it: ask for the text, and drop it here"
        : "the link has a text in it, but says that it is not used",
    );
  return { run: { settings, changes }, at: at === null ? 0 : stepIn("at", at), sentence, ownText };
}

function settingsIn(
  entries: readonly (readonly [string, string])[],
  allowed: readonly (keyof Settings)[],
): Partial<Settings> {
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const name = allowed.find((one) => fields[one].key === key);
      if (!name) throw new BadAddress(`the link has “${key}”, which the playground does not know`);
      const read = fields[name].read(value);
      if (read === undefined)
        throw new BadAddress(`the link has “${key}=${value}”: ${name} must be ${fields[name].must}`);
      return [name, read];
    }),
  );
}

function stepIn(key: string, text: string): number {
  const step = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  if (!(step <= LAST))
    throw new BadAddress(`the link has “${key}=${text}”: a step is a whole number from 0 to ${LAST}`);
  return step;
}

async function zipped(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unzipped(text: string): Promise<string> {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const stream = new Blob([Uint8Array.from(binary, (c) => c.charCodeAt(0))])
      .stream()
      .pipeThrough(new DecompressionStream("deflate-raw"));
    return new TextDecoder("utf-8", { fatal: true }).decode(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new BadAddress("the text in the link is damaged: it was cut off on its way", { cause });
  }
}
