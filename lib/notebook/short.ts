import { environment } from "./host.js";

/** True where notebooks should be quick, for a test: TWINFORMER_SHORT=1. */
export function shortForm(): boolean {
  const value = environment("TWINFORMER_SHORT");
  return value !== undefined && value !== "" && value !== "0";
}

/** A time limit: `full` seconds for a reader, `short` seconds in a test of the notebooks. */
export function seconds(full: number, short: number): number {
  return shortForm() ? short : full;
}
