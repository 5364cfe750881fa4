/** The interview: claims E. */

import { type Break, broken, edit } from "../break.js";

export const interview: readonly Break[] = [
  broken(
    "E3",
    "12-interview",
    "an answer names a cell that is not there",
    edit("lib/notebook/interview/questions/first.ts", 'at: "00-twins#claim-a1"', 'at: "00-twins#claim-a0"'),
  ),
];
