import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, inject } from "vitest";
import { run } from "../../scripts/setup/run.mjs";

const engines = ["", "/moe", "/models", "/data", "/train"];
const others = ["/tokenizers", "/account", "/cost", "/parallel", "/plot", "/interactive", "/notebook"];
export const entries = [...engines, ...others].map((at) => `twinformer${at}`);
/** The entries that compute; they must not need any other package. */
export const engine = engines.map((at) => `twinformer${at}`);

/** Where Vite, webpack and Deno are. */
export const tools = path.join(import.meta.dirname, "node_modules");
/** The program that each test runs. */
export const source = path.join(import.meta.dirname, "consumer/program.ts");
export const sourceText = readFileSync(source, "utf8");

/** The project that the tarball was installed in. */
export const project = inject("project");

/** Writes a file into the project; gives its path. */
export function write(name: string, text: string | Uint8Array): string {
  const file = path.join(project, name);
  writeFileSync(file, text);
  return file;
}

/** Puts the program into the project. */
export function writeProgram(name: string): void {
  cpSync(source, path.join(project, name));
}

/** Runs a command in the project and gives what it printed; a failure fails the test with that. */
export async function inProject(command: string, args: string[], cwd = project): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", DENO_DIR: path.join(project, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  const { code, output } = await run(command, args, { cwd, env });
  expect(code, output).toBe(0);
  return output;
}

/** What program() must have given, wherever it ran: with one of the builds in WebAssembly, or with these `kernels`. */
export function expectProgramWorked(result: unknown, kernels = /^(relaxed|simd)$/): void {
  expect(result).toMatchObject({ product: [[11]], read: "box", total: ["68", "68"], drawn: [true, true] });
  const { kernel, losses, busy, text } = result as { kernel: string; losses: number[]; busy: number; text: string };
  expect(kernel).toMatch(kernels);
  // Untrained, each of the 24 different characters is about equally likely; relaxed SIMD differs by machine in the last bits.
  const expected = losses.map(() => expect.closeTo(Math.log(24), 0) as number);
  expect(losses).toEqual(expected);
  expect(losses).toHaveLength(4);
  expect(busy).toBeGreaterThan(1);
  expect(text).toMatch(/^box.{5}$/);
}
