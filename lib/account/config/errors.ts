import { sentence } from "../../text/show.js";

/** A config that cannot be counted: one sentence that names the file and the field. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(message: string) {
    super(sentence(message)); // what the file holds may be in it
  }
}
