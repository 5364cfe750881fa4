import type { Output } from "./output.js";

/** The figures of how experts differ and work together. */
export const expertsOutputs: Readonly<Record<string, Output>> = {};
