/** What the executed notebooks show: verdicts on claims and myths, and figures, each with its cell. */

import { readFileSync } from "node:fs";

export interface Cell {
  readonly notebook: string;
  /** Title of the notebook. */
  readonly title: string;
  readonly id: string;
  readonly outputs: readonly string[];
}

/** What a badge says of one run. */
export interface Verdict {
  readonly cell: Cell;
  readonly verdict: string;
  /** With signs: "✓ 46.7 billion in all". */
  readonly parts: string;
  /** Up to three, each with what it is: ["parameters", "46,702,792,704"]. */
  readonly numbers: readonly (readonly [label: string, value: string])[];
  readonly values: unknown;
}

interface File {
  readonly cells: readonly {
    readonly id: string;
    readonly cell_type: string;
    readonly source: string | string[];
    readonly outputs?: readonly { readonly data?: Record<string, string | string[]> }[];
  }[];
}

export interface Notebook {
  readonly name: string;
  readonly title: string;
  readonly executed: string;
}

const joined = (lines: string | string[] = ""): string => (Array.isArray(lines) ? lines.join("") : lines);
const open = ({ executed }: Notebook): File => JSON.parse(readFileSync(executed, "utf8")) as File;

const NAMES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };
export const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name?: string) =>
    code === undefined ? (NAMES[name!] ?? whole) : String.fromCodePoint(Number(code)),
  );
export const plain = (markup: string): string =>
  unescaped(markup.replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, "")).trim();

/** All code cells that show something. */
export const cellsOf = (notebooks: readonly Notebook[]): Cell[] =>
  notebooks.flatMap((notebook) =>
    open(notebook)
      .cells.filter((cell) => cell.cell_type === "code")
      .map(({ id, outputs = [] }) => ({
        notebook: notebook.name,
        title: notebook.title,
        id,
        outputs: outputs.map(({ data }) => joined(data?.["text/html"])).filter(Boolean),
      }))
      .filter(({ outputs }) => outputs.length > 0),
  );

/** The words of text cells, by id. */
export const textsOf = (notebook: Notebook): Map<string, string> =>
  new Map(
    open(notebook)
      .cells.filter((cell) => cell.cell_type === "markdown")
      .map(({ id, source }) => [id, joined(source)]),
  );

const CLAIM = /data-claim="(\w+)" data-verdict="([^"]*)" data-values="([^"]*)"/;
const MYTH = /data-myth="(\w+)" data-facts="([^"]*)"/;
const LINE_ONCE = /<div style="margin-top:3px">([\s\S]*?)<\/div>/;
const LINE = new RegExp(LINE_ONCE, "g");

/** "label <b>value</b> · label <b>value</b>" */
const numbersIn = (line: string): [string, string][] =>
  [...line.matchAll(/([\s\S]*?)<b>([\s\S]*?)<\/b>/g)].map(([, label, value]) => [
    plain(label).replace(/^·\s*/, ""),
    plain(value),
  ]);

export const numbersText = (numbers: Verdict["numbers"]): string => numbers.map((pair) => pair.join(" ")).join(" · ");

/** Runs by claim. */
export function claimRuns(cells: readonly Cell[]): Map<string, Verdict[]> {
  const runs = new Map<string, Verdict[]>();
  for (const cell of cells)
    for (const output of cell.outputs) {
      const [, id, verdict, values] = CLAIM.exec(output) ?? [];
      if (id === undefined) continue;
      const lines = [...output.matchAll(LINE)].map(([, line]) => line);
      const parts = plain(lines.find((line) => /^[✓✗]/.test(line)) ?? "");
      const numbers = numbersIn(lines.find((line) => line.includes("<b>")) ?? "");
      runs.set(id, [
        ...(runs.get(id) ?? []),
        { cell, verdict, parts, numbers, values: JSON.parse(unescaped(values)) as unknown },
      ]);
    }
  return runs;
}

/** Runs of myths, by the cell. */
export function mythRuns(cells: readonly Cell[]): Verdict[] {
  return cells.flatMap((cell) =>
    cell.outputs.flatMap((output) => {
      const [, verdict, facts] = MYTH.exec(output) ?? [];
      if (verdict === undefined) return [];
      const numbers = numbersIn(LINE_ONCE.exec(output)?.[1] ?? "");
      const parts = plain(/&nbsp; ([\s\S]*?)(?:<div|<\/div>)/.exec(output)?.[1] ?? "");
      return [{ cell, verdict, parts, numbers, values: JSON.parse(unescaped(facts)) as unknown }];
    }),
  );
}

/** A claim that was run several times has one verdict: that of all of its runs, or half of it is true. */
export function verdictOf(runs: readonly Verdict[]): string {
  const all = [...new Set(runs.map(({ verdict }) => verdict))];
  return all.length === 1 ? all[0] : "half true";
}

const FIGURE = /<[^>]* data-figure="|class="twinformer-(?:parts|formula)"/;
/** Outputs of a cell that are figures: pictures, tables, formulas, and what has knobs. */
export const figuresIn = ({ outputs }: Cell): string[] => outputs.filter((output) => FIGURE.test(output));

export const hrefOf = ({ notebook, id }: Cell): string => `${notebook}.html#cell-id=${id}`;
