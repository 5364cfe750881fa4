/** What is printed: a line a case, and the counts. */

import type { Difference } from "./compare.js";

/** Thrown where the library, or this runner, cannot do what a case asks for. */
export class NotThere extends Error {}

/** What came of one case: all its comparisons. */
export class Outcome {
  /** Largest errors of all comparisons; null as long as there was none. */
  absolute: number | null = null;
  relative: number | null = null;
  readonly reasons: string[] = [];

  constructor(
    readonly file: string,
    readonly name: string,
  ) {}

  add({ absolute, relative, reason }: Difference): void {
    this.absolute = Math.max(this.absolute ?? 0, absolute);
    this.relative = Math.max(this.relative ?? 0, relative);
    if (reason !== null) this.reasons.push(reason);
  }

  fail(reason: string): void {
    this.reasons.push(reason);
  }

  get ok(): boolean {
    return this.reasons.length === 0;
  }

  /** `ops/ops.json  matmul.0  abs 1.2e-7  rel 3.0e-7  ok` */
  toString(): string {
    const verdict = this.ok ? "ok" : `FAIL ${this.reasons.join("; ")}`;
    return `${this.file}  ${this.name}  abs ${error(this.absolute)}  rel ${error(this.relative)}  ${verdict}`;
  }
}

const error = (value: number | null): string =>
  value === null ? "-" : value === 0 ? "0" : Number.isFinite(value) ? value.toExponential(1) : "inf";

/** Runs one case; whatever is thrown becomes the reason why it failed. */
export function attempt(file: string, name: string, body: (outcome: Outcome) => void): Outcome {
  const outcome = new Outcome(file, name);
  try {
    body(outcome);
    finish(outcome);
  } catch (thrown) {
    failed(outcome, thrown);
  }
  return outcome;
}

/** The same of a case that reads files as it goes. */
export async function attemptAsync(
  file: string,
  name: string,
  body: (outcome: Outcome) => Promise<void>,
): Promise<Outcome> {
  const outcome = new Outcome(file, name);
  try {
    await body(outcome);
    finish(outcome);
  } catch (thrown) {
    failed(outcome, thrown);
  }
  return outcome;
}

function finish(outcome: Outcome): void {
  if (outcome.ok && outcome.absolute === null) outcome.fail("nothing was compared");
}

function failed(outcome: Outcome, thrown: unknown): void {
  outcome.fail(thrown instanceof Error ? thrown.message.replace(/\s*\n\s*/g, " ") : String(thrown));
}
