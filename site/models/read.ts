/** What somebody drops is read here: a config, or one sentence on why it is none. */

import { ConfigError, type Config } from "twinformer/account";
import { ofConfig, type Subject } from "./subject.js";

/** A config.json has a few kilobytes. */
export const MOST_BYTES = 1_000_000;

/** One sentence for whoever gave it. */
export class NoConfig extends Error {}

export function checkSize(bytes: number): void {
  if (bytes === 0) throw new NoConfig("It is empty: a config.json begins with { and names fields such as hidden_size.");
  if (bytes > MOST_BYTES)
    throw new NoConfig(
      `It has ${(bytes / 1e6).toFixed(1)} MB, and a config.json has a few kilobytes, so it was not read.`,
    );
}

/** @param text of a config.json  @param file its name, "" where it was pasted */
export function subjectOf(text: string, file = ""): Subject {
  checkSize(text.trim().length);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new NoConfig("It is not JSON: a config.json begins with { and ends with }.");
  }
  if (typeof read !== "object" || read === null || Array.isArray(read))
    throw new NoConfig("It is JSON, but no config: that is an object with fields such as model_type and hidden_size.");
  const config = read as Config;
  try {
    return ofConfig(nameOf(config, file), config);
  } catch (error) {
    if (error instanceof ConfigError)
      throw new NoConfig(`It cannot be counted: ${error.message.replace(/[.]?$/, ".")}`);
    throw new NoConfig("It cannot be counted: its fields are not those of a model that is known here.");
  }
}

const LONGEST_NAME = 60;

/** By the config's own name for it, else that of the file, else its type. */
function nameOf(config: Config, file: string): string {
  const stem = file.replace(/\.json$/i, "");
  const own = [config._name_or_path, stem === "config" ? "" : stem, config.model_type];
  const found = own.find((one): one is string => typeof one === "string" && one.trim() !== "") ?? "Your model";
  const plain = found.replace(/[\p{C}\s]+/gu, " ").trim();
  return plain.length > LONGEST_NAME ? `${plain.slice(0, LONGEST_NAME)}…` : plain;
}
