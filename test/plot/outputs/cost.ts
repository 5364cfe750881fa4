import type { Output } from "./output.js";

/** The figures of what a model costs. */
export const costOutputs: Readonly<Record<string, Output>> = {};
