import { max, randomBinomial, randomLcg, rollup, sum } from "d3";
import { counted, percent } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { expertsOf, type FrameOptions, Options } from "../options.js";
import { type Accessors, amount, type Columns, flag, index, optional, readRows, text } from "../rows/columns.js";
import { heatMapParts } from "../tensor/heatMap.js";
import { logRatio } from "./ratio.js";

/** How many tokens of a domain went to an expert. */
export interface DomainRow {
  /** A kind of text or token: "code", "French", "numbers". */
  readonly domain: string;
  readonly expert: number;
  /** Tokens; rows of one domain and expert add up. */
  readonly count: number;
  /** True for counts where each token had the domain of another: the baseline. Default: it is drawn from the sums of the counts. */
  readonly shuffled?: boolean;
}

export interface ExpertsByDomainOptions extends Omit<FrameOptions, "height"> {
  /** E; default one more than the largest expert of the rows. */
  readonly nExpert?: number;
}

const COLUMNS: Columns<DomainRow> = { domain: text, expert: index, count: amount, shuffled: optional(flag) };
const DOMAINS = 24; // drawn one by one
const ABREAST = 40; // experts of two matrices side by side
const WIDE = 480; // px, of a picture with two of them
const FULL = 3; // log₂: from eight times as many, or an eighth, a color is full. A lone empty cell would pale all others.

/** Which experts a domain prefers: a row a domain, a column an expert, log₂ of its tokens there against what the expert's share of all
 *  tokens would give: 1 is twice as many, −1 half as many. From 3 on, eight times as many, the color is full. Below or beside it the same with the domains shuffled, which shows how much
 *  of the pattern is chance. The title compares both by the share of the tokens that go elsewhere than the average domain's:
 *  Σ |count − expected| / 2 over all tokens.
 *  @example
 *  const counts = [[30, 10], [10, 30]];
 *  const rows = counts.flatMap((own, d) => own.map((count, expert) => ({ domain: "ab"[d], expert, count })));
 *  const even = rows.map((row) => ({ ...row, count: 20, shuffled: true }));
 *  expertsByDomain([...rows, ...even]).facts // => { domains: 2, experts: 2, tokens: 80, moved: 0.25, chance: 0 }
 */
export function expertsByDomain<T extends object>(
  rows: Iterable<T>,
  options: ExpertsByDomainOptions & Accessors<DomainRow, T>,
): Figure;
export function expertsByDomain(rows: Iterable<DomainRow>, options?: ExpertsByDomainOptions): Figure;
export function expertsByDomain(data: Iterable<object>, options: ExpertsByDomainOptions = {}): Figure {
  const rows = readRows("expertsByDomain", data, COLUMNS, options);
  const given = new Options("expertsByDomain", options);
  const width = given.size("width", 680);
  const experts = expertsOf(given, rows);
  const own = rows.filter(({ shuffled }) => !shuffled);
  const baseline = rows.filter(({ shuffled }) => shuffled);
  const domains = domainsOf(own);
  const counts = tableOf(own, domains.names, experts);
  const shuffled = baseline.length > 0 ? tableOf(baseline, domains.names, experts) : atRandom(counts, experts);
  const ratios = [counts, shuffled].flatMap((table) => ratiosOf(table).flat());
  const isFar = (max(ratios, Math.abs) ?? 0) > FULL;
  const facts = {
    ...{ domains: domains.total, experts, tokens: sum(own, ({ count }) => count) },
    ...{ moved: moved(counts), chance: moved(shuffled) },
  };
  const head = given.head(
    facts.moved === null || facts.chance === null
      ? "Which experts a domain prefers"
      : `By their domain ${percent(facts.moved)} of the tokens go to other experts, by chance ${percent(facts.chance)}`,
    "a row: a domain, a column: an expert · log₂ of tokens against the average: 1 is twice as many",
    [
      domains.gathered > 0
        ? `the ${domains.names.length - 1} largest of ${domains.total} domains, and the others together`
        : "",
      isFar ? `full color: ${2 ** FULL} times as many, or an eighth, and beyond` : "",
      baseline.length === 0 && counts.length > 0 ? "shuffled: the same sums, drawn at random" : "",
    ],
  );
  const parts = heatMapParts(
    ratios,
    [2, domains.names.length, experts],
    { width, rowNames: domains.names, ...(isFar && { domain: [-FULL, FULL] as const }) },
    {
      head,
      sliceNames: ["as counted", "domains shuffled"],
      abreast: experts <= ABREAST && width >= WIDE ? 2 : 1,
    },
  );
  const said = `${counted(facts.domains, "domain")}, ${counted(experts, "expert")}, ${counted(facts.tokens, "token")}`;
  return new Figure({ ...parts, name: "experts-by-domain", facts, description: `${head.title}; ${said}.` });
}

const OTHERS = "others";

function domainsOf(rows: readonly DomainRow[]) {
  const sizes = rollup(
    rows,
    (own) => sum(own, ({ count }) => count),
    ({ domain }) => domain,
  );
  const sorted = [...sizes].sort(([, a], [, b]) => b - a).map(([name]) => name);
  const isMany = sorted.length > DOMAINS;
  const own = isMany ? new Set(sorted.slice(0, DOMAINS - 1)) : new Set(sorted);
  const gathered = sorted.length - own.size;
  const names = [...sizes.keys()].filter((name) => own.has(name));
  return { names: isMany ? [...names, `${gathered} ${OTHERS}`] : names, total: sorted.length, gathered };
}

type Table = readonly (readonly number[])[];

/** [domains][experts]; a domain without a row of its own is in the last one. */
function tableOf(rows: readonly DomainRow[], names: readonly string[], experts: number): Table {
  const table = names.map(() => new Array<number>(experts).fill(0));
  const place = new Map(names.map((name, i) => [name, i]));
  for (const { domain, expert, count } of rows) {
    const at = place.get(domain) ?? names.length - 1;
    if (at >= 0) table[at][expert] += count;
  }
  return table;
}

const columnSums = (table: Table): number[] => (table[0] ?? []).map((_, e) => sum(table, (row) => row[e]));

/** What each cell would have if all domains were alike. */
function expectedOf(table: Table): Table {
  const columns = columnSums(table);
  const total = sum(columns);
  return table.map((row) => {
    const own = sum(row);
    return columns.map((column) => (total > 0 ? (own * column) / total : 0));
  });
}

function ratiosOf(table: Table): Table {
  const expected = expectedOf(table);
  return table.map((row, d) => row.map((count, e) => logRatio(count, expected[d][e])));
}

function moved(table: Table): number | null {
  const expected = expectedOf(table);
  const total = sum(expected, (row) => sum(row));
  if (total === 0) return null;
  return sum(table, (row, d) => sum(row, (count, e) => Math.abs(count - expected[d][e]))) / 2 / total;
}

/** A table of as many tokens in each domain, each at an expert drawn by the experts' shares of all tokens; seeded. */
function atRandom(table: Table, experts: number): Table {
  const columns = columnSums(table);
  const binomial = randomBinomial.source(randomLcg(0.42));
  return table.map((row) => {
    let [left, weight] = [Math.round(sum(row)), sum(columns)];
    return Array.from({ length: experts }, (_, e) => {
      const share = weight > 0 ? Math.min(1, columns[e] / weight) : 0;
      const own = left > 0 && share > 0 ? binomial(left, share)() : 0;
      left -= own;
      weight -= columns[e];
      return own;
    });
  });
}
