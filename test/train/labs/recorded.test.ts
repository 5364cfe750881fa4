import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  ablationFindings,
  capacityFindings,
  collapseFindings,
  type Finding,
  specializationFindings,
  twinsFindings,
} from "../../../scripts/labs/findings.js";

const recorded = (
  name: string,
): { command: string; commit: string; seeds: number[]; rows: Record<string, unknown>[] } =>
  JSON.parse(
    readFileSync(fileURLToPath(new URL(`../../../assets/labs/${name}.json`, import.meta.url)), "utf8"),
  ) as never;

const labs: [string, (rows: never) => Finding[]][] = [
  ["collapse", collapseFindings],
  ["capacity", capacityFindings],
  ["specialization", specializationFindings],
  ["twins", twinsFindings],
  ["ablation", ablationFindings],
];

describe.each(labs)("the recorded rows of the %s lab", (name, findings) => {
  const { command, commit, seeds, rows } = recorded(name);
  it("say what made them", () => {
    expect(command).toBe(`npm run labs -- ${name}`);
    expect(commit).toMatch(/^[0-9a-f]{7,}(\+changes)?$/);
    expect(seeds.length).toBeGreaterThan(0);
  });

  it.each(findings(rows as never))("$says", ({ holds }) => {
    expect(holds).toBe(true);
  });
});
