import type { Fields } from "../../config/fields.js";

/** True or false, or the field that says so and transformers' default of it. */
export type Flag = boolean | readonly [field: string | readonly string[], otherwise: boolean];

export const flag = (c: Fields, value: Flag): boolean =>
  typeof value === "boolean" ? value : c.flag(value[0], value[1]);
