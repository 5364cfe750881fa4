import { plainRows, tableOf } from "./csv.js";
import { type FileText, textOf } from "./text.js";

/** The rows of any CSV file with a line of names first, for whichever figure has these columns: a number where a cell looks like one,
 *  null where it is empty, else its text. Values are parted by commas, semicolons or tabs. A training log is better read by `readLog`.
 *  @param file the text of the file or its bytes; `fetch` or `readFile` gets them
 *  @typeParam Row what TypeScript shall take the rows for; the figure that they are given to says so itself, and looks at each row
 *  @throws a sentence with the line that is wrong
 *  @example
 *  readTable("expert,loss\n0,2.5\n1,2.25\n"); // => [{ "expert": 0, "loss": 2.5 }, { "expert": 1, "loss": 2.25 }] */
export function readTable<Row extends object = Record<string, number | string | null>>(file: FileText): Row[] {
  return plainRows(tableOf("readTable", textOf("readTable", file))).map(({ row }) => row as Row);
}
