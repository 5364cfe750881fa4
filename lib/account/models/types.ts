import type { Config } from "../config/fields.js";

/** A model that exists, in the table that the command line knows by name. */
export interface Model {
  readonly name: string;
  /** What a config.json would hold, the fields that bear parameters; null where nothing was published. */
  readonly config: Config | null;
  /** Its name at huggingface.co, such as "openai-community/gpt2", where it has one. */
  readonly hub?: string;
  /** Where the sizes are from. */
  readonly source: string;
  /** The maker's own figures, as printed. */
  readonly published: { readonly total: string; readonly active?: string };
  /** Why the maker's figures and the counts differ, where they do by more than rounding. */
  readonly remark?: string;
}

/** @param hub the model's page at huggingface.co, whose config.json has these fields */
export const onHub = (
  name: string,
  hub: string,
  config: Config,
  published: Model["published"],
  remark?: string,
): Model => ({
  name,
  hub,
  config,
  source: `huggingface.co/${hub}, config.json`,
  published,
  ...(remark ? { remark } : {}),
});
