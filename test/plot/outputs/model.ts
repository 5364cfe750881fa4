import type { Output } from "./output.js";

/** The figures of a model and its parts. */
export const modelOutputs: Readonly<Record<string, Output>> = {};
