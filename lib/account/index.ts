/** What a model has, what works on a token, and what that weighs: from its config alone. */
export { account, type Account } from "./account.js";
export type { Cache } from "./architecture.js";
export { ConfigError } from "./config/errors.js";
export type { Config, Letter } from "./config/fields.js";
export { type Kind, leaves, type Leaf, type Part, sizeOf, sizeOfOne } from "./part.js";
export type { Size } from "./size.js";
