/** Reads a config from a file or from standard input. What else the file may be is said in one sentence. */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { show } from "../text/show.js";
import { ConfigError } from "../account/config/errors.js";
import type { Config } from "../account/config/fields.js";
import { otherBytes, otherJson } from "./otherFile.js";

/** A config has a few thousand characters; with lists of all layers or labels, some hundred thousand. */
const LARGEST = 2e6;

/** The object that a file holds.
 *  @param descriptor read from this open file instead; `file` is then what sentences call it */
export function readConfig(file: string, descriptor?: number): Config {
  const text = descriptor === undefined ? textOf(file) : textIn(descriptor, file);
  let config: unknown;
  try {
    config = JSON.parse(pythonNumbers(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(
      text.trim() === ""
        ? `${file} is not JSON: it is empty`
        : `${file} is not JSON: ${error.message.replace(/\s+/g, " ")}`,
    );
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new ConfigError(`${file} must hold an object, { … }, got ${show(config)}`);
  const other = otherJson(config as Config);
  if (other !== null) throw new ConfigError(`${file} ${other}`);
  return config as Config;
}

/** Python writes numbers that JSON does not have: Infinity, as in time_step_limit of Mamba's files, and NaN. They become texts, which no
 *  size can be. A string matches to its end or the file's, so that nothing is read twice. */
const pythonNumbers = (text: string): string =>
  text.replace(/"[^"\\]*(?:\\[^]?[^"\\]*)*(?:"|$)|-?\b(?:Infinity|NaN)\b(?=\s*[,\]}])/g, (found) =>
    found.startsWith('"') ? found : `"${found}"`,
  );

/** Stops with a sentence where the system refuses to read. */
export function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    const code = "code" in error ? String(error.code) : "";
    throw new ConfigError(`${file} cannot be read: ${WHY[code] ?? code}`);
  }
}

const WHY: Readonly<Record<string, string | undefined>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "it is a link that leads to itself",
  ENOENT: "it is not there any more",
  ENAMETOOLONG: "its name is too long",
  EISDIR: "it is a folder",
  EIO: "the disk reports an error",
};

function textOf(file: string): string {
  if (!readable(file, () => statSync(file)).isFile())
    throw new ConfigError(
      `${file} is no file: a folder, a pipe or a device has no config; twinformer count - reads standard input`,
    );
  const handle = readable(file, () => openSync(file, "r"));
  try {
    return textIn(handle, file);
  } finally {
    closeSync(handle);
  }
}

/** At most LARGEST + 1 bytes are read: what the system calls a file's size may be anything, and a pipe or a device may have no end. */
function textIn(handle: number, file: string): string {
  const bytes = new Uint8Array(LARGEST + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = readable(file, () => readSome(handle, bytes.subarray(length)));
  const other = otherBytes(bytes.subarray(0, length));
  if (other !== null) throw new ConfigError(`${file} ${other}`);
  if (length > LARGEST) {
    const size = fstatSync(handle).size;
    const megabytes = size > LARGEST ? (size / 1e6).toFixed(1) : `more than ${LARGEST / 1e6}`;
    throw new ConfigError(`${file} has ${megabytes} MB, and a config.json a few kB: is it another file?`);
  }
  return new TextDecoder().decode(bytes.subarray(0, length)); // without the byte order mark, if it has one
}

/** A terminal or a pipe that has nothing yet says so by EAGAIN; Windows reports the end of a pipe as an error. */
function readSome(handle: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(handle, into, 0, into.length, null);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : "";
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
