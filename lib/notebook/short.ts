import { environment } from "./host.js";

/** True where notebooks should be quick, for a test: TWINFORMER_SHORT=1. */
export function shortForm(): boolean {
  const value = environment("TWINFORMER_SHORT");
  return value !== undefined && value !== "" && value !== "0";
}

/** A time limit: `full` seconds for a reader, `short` seconds in a test of the notebooks. TWINFORMER_PATIENCE=5 makes it five times as long,
 *  for a slow machine that shall come as far as others. */
export function seconds(full: number, short: number): number {
  const patience = Number(environment("TWINFORMER_PATIENCE") ?? 1);
  return (shortForm() ? short : full) * (patience > 0 ? patience : 1);
}
