import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { cases, exported, values, withoutNumbers } from "./cases.js";
import type { Outcome } from "./child.js";

/** Wall-clock seconds after which a call is taken for one that never ends; generous, for a busy machine. */
const PATIENCE = 20;
/** Seconds of the processor that a call may take. */
const LIMIT = 1;

const outcomes: Outcome[] = [];
let hanging = "";
beforeAll(async () => {
  const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(new URL("child.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TWINFORMER_THREADS: "1" },
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let last = "the start";
  const watch = (): NodeJS.Timeout =>
    setTimeout(() => {
      hanging = last;
      child.kill("SIGKILL");
    }, PATIENCE * 1000);
  let watchdog = watch();
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(watchdog);
    watchdog = watch();
    last = line;
    const outcome = JSON.parse(line) as Partial<Outcome>;
    if (outcome.ms !== undefined) outcomes.push(outcome as Outcome);
  }
  clearTimeout(watchdog);
  await ended;
}, 180_000);

const called = ({ name, option, value }: Outcome): string => `${name}, ${option} ${value}`;

describe("an option that is no number, or a number that makes no sense", () => {
  it("never keeps a function busy", () => {
    expect(hanging).toBe("");
    const slow = outcomes.filter(({ ms }) => ms > LIMIT * 1000).map((o) => `${called(o)}: ${o.ms} ms`);
    expect(slow).toEqual([]);
    expect(outcomes.length).toBe(Object.values(cases).flat().length * values.length);
  });

  it("works or is refused with a RangeError that names function, option and value", () => {
    const wrong = outcomes.filter(({ error, says, option, value }) => {
      if (!error) return false;
      const named = error.message.startsWith(`${says}: ${option} `) && error.message.endsWith(`, got ${value}`);
      return error.type !== "RangeError" || !named;
    });
    expect(wrong.map((o) => `${called(o)}: ${o.error?.type}: ${o.error?.message}`)).toEqual([]);
  });

  it("is refused everywhere where it is NaN, a string or null, and somewhere for each of the others", () => {
    const accepted = outcomes.filter((o) => ["NaN", '"3"', "null"].includes(o.value) && !o.error);
    expect(accepted.map(called)).toEqual([]);
    for (const value of values) {
      const shown = typeof value === "string" ? `"${value}"` : String(value);
      expect(outcomes.some((o) => o.value === shown && o.error)).toBe(true);
    }
  });

  it("is tried with every exported function of train and data that takes numbers", () => {
    expect(exported.filter((name) => !(name in cases) && !withoutNumbers.includes(name))).toEqual([]);
  });
});
