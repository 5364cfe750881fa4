import { dsvFormat, group } from "d3";
import { showAll } from "../../text/show.js";
import { refuse, valueOf } from "./text.js";

/** A row as a file has it, and where it stands: "line 3". */
export interface Found {
  readonly where: string;
  readonly row: Record<string, unknown>;
}

export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly { readonly where: string; readonly cells: readonly (number | string | null)[] }[];
}

/** The cells of a file whose values are parted by commas, semicolons or tabs, whichever its first line has most of. Empty lines are
 *  left out. */
export function cellsOf(text: string): readonly { where: string; cells: string[] }[] {
  const first = text.slice(0, (text.indexOf("\n") + 1 || text.length + 1) - 1);
  const [delimiter] = [",", ";", "\t"].sort((a, b) => first.split(b).length - first.split(a).length);
  let line = 1;
  return dsvFormat(delimiter)
    .parseRows(text)
    .flatMap((cells) => {
      const at = line;
      line += 1 + cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
      return cells.every((cell) => cell.trim() === "") ? [] : [{ where: `line ${at}`, cells }];
    });
}

/** A table with a line of names first. */
export function tableOf(reader: string, text: string): Table {
  const all = cellsOf(text);
  const [header, ...lines] = all;
  if (all.length === 0) return { names: [], rows: [] };
  const names = header.cells.map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(reader, `has two columns '${twice}'`, header.where);
  const rows = lines.map(({ where, cells }) => {
    if (cells.length !== names.length)
      refuse(reader, `has ${cells.length} values, where there are ${names.length} columns: ${showAll(names)}`, where);
    return { where, cells: cells.map(valueOf) };
  });
  return { names, rows };
}

/** Each line as a row, with the names of its columns. */
export const plainRows = ({ names, rows }: Table): Found[] =>
  rows.map(({ where, cells }) => ({ where, row: Object.fromEntries(names.map((name, c) => [name, cells[c]])) }));

const EXTREME = /__(?:MIN|MAX)$/;

/** Is it a chart of Weights & Biases, with its lowest and highest value beside each metric? */
export const isOfChart = ({ names }: Table): boolean =>
  names.some((name) => names.includes(`${name}__MIN`) && names.includes(`${name}__MAX`));

/** A chart of Weights & Biases has a column for each run and metric, "run - metric", and its horizontal axis in the first: here it is
 *  a row for each step and run, with the run as `by`. Steps at which a run has no value are none of its rows. */
export function chartRows({ names, rows }: Table): Found[] {
  const columns = names.slice(1).map((name, i) => {
    const at = name.lastIndexOf(" - ");
    return { i: i + 1, run: at < 0 ? null : name.slice(0, at), metric: at < 0 ? name : name.slice(at + 3) };
  });
  const runs = group(columns, ({ run }) => run);
  return rows.flatMap(({ where, cells }) =>
    [...runs].flatMap(([run, own]) => {
      const values = own.map(({ i, metric }) => [metric, cells[i]] as const);
      if (values.every(([, value]) => value === null)) return [];
      const by = run === null ? {} : { by: run };
      return [{ where, row: { [names[0]]: cells[0], ...by, ...Object.fromEntries(values) } }];
    }),
  );
}

/** The metrics that a chart shows: neither the number of the step nor the extremes. */
export const metricsOf = (rows: readonly Found[], axis: string): string[] => [
  ...new Set(
    rows.flatMap(({ row }) =>
      Object.keys(row).filter((name) => name !== axis && name !== "by" && name !== "_step" && !EXTREME.test(name)),
    ),
  ),
];
