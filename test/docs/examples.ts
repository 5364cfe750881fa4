/** The examples in the docstrings of `lib`, as code that runs. An example is what follows `@example`: statements, of which each
 *  line that ends in `// => value` says what it evaluates to. */

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { Tensor } from "../../lib/index.js";

export interface Example {
  /** What the docstring belongs to: "softmax". */
  name: string;
  file: string;
  code: string;
}

const DOCSTRING =
  /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*((?:export |abstract |static |async |const |function |class |\*)*)([\w[]+)/g;
const ASSERTION = /^(.*?);?\s*\/\/ => (.+)$/;

/** Every example in a file or folder of the clone, in the order of files and lines. */
export function examplesIn(root: string, place: string): Example[] {
  const files = place.endsWith(".ts")
    ? [place]
    : readdirSync(join(root, place), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .sort()
        .map((file) => join(place, file));
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(DOCSTRING)].flatMap(([, comment, , name]) =>
      examplesOf(comment).map((code) => ({ name, file: relative(root, join(root, file)), code })),
    ),
  );
}

function examplesOf(comment: string): string[] {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  const [, ...parts] = lines.join("\n").split(/^\s*@example\s*$/m);
  return parts.map((part) =>
    part
      .split(/^\s*@\w+/m)[0]
      .replace(/^ /gm, "")
      .trim(),
  );
}

/** The example as a program: assertions become calls of `gives`. */
export function program({ code }: Example): string {
  return code.replace(new RegExp(ASSERTION, "gm"), "gives($1, $2);");
}

export const assertions = ({ code }: Example): number => code.match(new RegExp(ASSERTION, "gm"))?.length ?? 0;

type AsyncFunction = (...values: unknown[]) => Promise<void>;
/** As `Function`, for code that may wait. */
const AsyncFunction = (async () => {}).constructor as new (...namesAndCode: string[]) => AsyncFunction;

/** Runs an example with `names` in scope; returns a sentence for each assertion that does not hold. */
export async function failures(example: Example, names: Readonly<Record<string, unknown>>): Promise<string[]> {
  const wrong: string[] = [];
  const gives = (actual: unknown, expected: unknown): void => {
    const value = actual instanceof Tensor ? actual.toArray() : actual;
    if (!close(value, expected)) wrong.push(`it is ${show(value)}, not ${show(expected)}`);
  };
  const { outputText } = ts.transpileModule(program(example), { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const scope = { ...names, gives };
  await new AsyncFunction(...Object.keys(scope), `{${outputText}\n}`)(...Object.values(scope));
  return wrong;
}

/** Equal, with numbers to about five digits: as many as an example writes down. */
function close(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number")
    return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 + 1e-5 * Math.abs(b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => close(v, b[i]));
  if (isPlain(a) && isPlain(b)) return close(Object.entries(a).flat(), Object.entries(b).flat());
  return a === b;
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);
