import { readFileSync } from "node:fs";
import path from "node:path";

/** A file of `data`, which `scripts/docs/gallery-data.ts` and `gallery-moe.ts` beside it make from real runs. */
export const file = (name: string): Uint8Array => readFileSync(path.join(import.meta.dirname, "data", name));

/** Recorded runs: `npm run labs` wrote them. */
export const lab = <Row>(name: string): readonly Row[] =>
  (JSON.parse(readFileSync(path.join(import.meta.dirname, "../../../assets/labs", name), "utf8")) as { rows: Row[] })
    .rows;
