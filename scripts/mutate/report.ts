/** The result in words: a line for each folder, then what survived. */

import type { MutateResult, Outcome } from "./run.js";
import type { Stratum } from "./sample.js";

export function report(strata: readonly Stratum[], { outcomes, skipped }: MutateResult): string {
  const of = new Map(outcomes.map((outcome) => [outcome.mutant.id, outcome]));
  const lines = strata.map(({ at, mutants, total, equivalent }) => {
    const here = mutants.map(({ id }) => of.get(id)!);
    const number = (...how: Outcome["how"][]): number => here.filter((outcome) => how.includes(outcome.how)).length;
    const killed = number("killed", "timeout");
    const share = here.length > 0 ? `${((100 * killed) / here.length).toFixed(1)} %` : "none";
    const all = `${total} in all${equivalent > 0 ? `, ${equivalent} equivalent` : ""}`;
    const left = `${number("survived")} survived, ${number("unreached")} unreached`;
    return `${at}: ${share} of ${here.length} killed (${number("timeout")} by time), ${left}; ${all}`;
  });
  const survivors = outcomes.filter(({ how }) => how === "survived" || how === "unreached");
  survivors.sort((a, b) =>
    a.mutant.file < b.mutant.file ? -1 : a.mutant.file > b.mutant.file ? 1 : a.mutant.line - b.mutant.line,
  );
  const short = (text: string): string => {
    const line = text.replaceAll(/\s+/g, " ") || "(nothing)";
    return line.length > 90 ? `${line.slice(0, 87)}…` : line;
  };
  for (const { how, mutant } of survivors) {
    lines.push(
      "",
      `${mutant.file}:${mutant.line} in ${mutant.inside || "the module"}, ${mutant.kind}${how === "unreached" ? ", unreached" : ""}`,
    );
    lines.push(`  - ${short(mutant.original)}`, `  + ${short(mutant.text)}`);
  }
  if (skipped.length > 0) lines.push("", "tests left out:", ...skipped.map(({ file, why }) => `  ${file}: ${why}`));
  return lines.join("\n");
}
