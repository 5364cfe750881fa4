import { digits, inBytes } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { type Accessors, amount, type Columns, optional, readRows } from "../rows/columns.js";
import { isPlaced, logAxis, plain } from "./parts/axes.js";
import { chart } from "./parts/chart.js";
import { curveMarks, curvesOf, endsOf, lastOf } from "./parts/curves.js";
import { listed } from "../rows/few.js";
import { colorsOf, leftOut } from "./parts/words.js";

/** Bytes for users who each have a model of their own: what `bytesForUsers` of twinformer/account returns. */
export interface UserBytesRow {
  readonly users: number;
  /** Bytes of a whole model for each. */
  readonly copies: number;
  /** Bytes of one model for all, and an adapter for each. */
  readonly adapters: number;
  /** The same with the one model in 4 bits. */
  readonly quantized?: number;
}

const COLUMNS: Columns<UserBytesRow> = {
  users: amount,
  copies: amount,
  adapters: amount,
  quantized: optional(amount),
};
const NAMES = { copies: "a copy each", adapters: "adapters", quantized: "adapters, 4 bits" } as const;

/** Bytes on disk by users: a copy of the model for each against one model and an adapter for each, on logarithmic axes.
 *  @example
 *  ```ts
 *  import { account, bytesForUsers, findModel } from "twinformer/account";
 *  import { copiesAdapters } from "twinformer/plot";
 *
 *  copiesAdapters(bytesForUsers(account(findModel("GPT-3")!.config!), [1, 10, 100, 1000], { rank: 4 }));
 *  ```
 */
export function copiesAdapters<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<UserBytesRow, T>,
): Figure;
export function copiesAdapters(rows: Iterable<UserBytesRow>, options?: FrameOptions): Figure;
export function copiesAdapters(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const rows = readRows("copiesAdapters", data, COLUMNS, options);
  const given = new Options("copiesAdapters", options);
  const places = (["copies", "adapters", "quantized"] as const).flatMap((way) =>
    rows.flatMap(({ users, [way]: bytes }) => (bytes === undefined ? [] : [{ by: NAMES[way], x: users, y: bytes }])),
  );
  const placed = places.filter(({ x, y }) => isPlaced(x) && isPlaced(y));
  const { curves, replaced } = curvesOf(placed);
  const tint = colorsOf(Object.values(NAMES));
  const last = curves.map((curve) => ({ name: curve.name, ...lastOf(curve) }));
  const [copies, adapters] = [NAMES.copies, NAMES.adapters].map((name) => last.find((end) => end.name === name));
  const finding =
    copies !== undefined && copies.x === adapters?.x
      ? `For ${plain(copies.x)} ${copies.x === 1 ? "user" : "users"}, copies take ${timesOf(copies.y, adapters.y)} adapters`
      : "Bytes of copies and of adapters";
  const head = given.head(finding, "bytes on disk · logarithmic axes", [
    leftOut(places.length - placed.length, places.length, "a number that is not above 0").replace("rows", "points"),
    replaced > 0 ? `of rows for as many users the last counts` : "",
  ]);
  const drawn = chart(given, {
    head,
    x: logAxis(placed.map(({ x }) => x), "users"), // prettier-ignore
    y: logAxis(placed.map(({ y }) => y), "bytes", inBytes), // prettier-ignore
    empty: placed.length === 0 ? "no rows" : "",
    ends: endsOf(curves, tint, ({ y }) => inBytes(y)),
    marks: curveMarks(curves, tint, ({ x, y }) => `${inBytes(y)} for ${plain(x)}`),
  });
  const said = listed(last, ({ name, x, y }) => `${name} ${inBytes(y)} for ${plain(x)}`);
  return new Figure({
    name: "copies",
    ...drawn,
    description: `${head.title || finding}: ${said || "no rows"}.`,
    facts: Object.fromEntries(last.map(({ name, x, y }) => [name, { users: x, bytes: y }])),
  });
}

/** "4,810 times the bytes of", "as many bytes as" */
function timesOf(a: number, b: number): string {
  if (Math.abs(a / b - 1) < 0.005) return "as many bytes as";
  return a > b ? `${times(a / b)} times the bytes of` : `${digits(a / b, 2)} of the bytes of`;
}

const times = (ratio: number): string => (ratio < 1e6 ? digits(Number(ratio.toPrecision(3)), 3) : plain(ratio));
