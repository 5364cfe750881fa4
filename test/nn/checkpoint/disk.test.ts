import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync, writeSync } from "node:fs"; // prettier-ignore
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Checkpoint } from "../../../lib/index.js";
import { A, bytesAt, file, inParts, ONE } from "./files.js";

const folder = mkdtempSync(join(tmpdir(), "twinformer-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** A new folder with these files. */
function written(files: Record<string, Uint8Array>): string {
  const path = join(folder, String(count++));
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return path;
}

const said = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing is wrong",
    (error: unknown) => (error as Error).message,
  );

describe("a folder on disk", () => {
  const whole = file({ x: bytesAt(0, 4) }, [1, 2, 3, 4]);

  test("is read through links, as the cache of the hub has them, and so is one file of any name", async () => {
    const [real, linked] = [written({ blob: whole, "twin.safetensors": whole }), written({})];
    symlinkSync(join(real, "blob"), join(linked, ONE));
    const file = join(real, "twin.safetensors");
    for (const path of [linked, file, pathToFileURL(file), pathToFileURL(linked)]) {
      const { data } = await (await Checkpoint.open(path)).read("x");
      expect([...data]).toEqual([1, 2, 3, 4]);
    }
  });

  test("that is not there, or whose file is none, is refused in one sentence", async () => {
    const none = join(folder, "none");
    expect(await said(Checkpoint.open(none))).toMatch(/^Checkpoint: cannot read .*: there is no such file or folder$/);
    expect(await said(Checkpoint.open("file://somewhere/else"))).toMatch(/^Checkpoint: cannot read [^\n]+$/);
    const nested = written({});
    mkdirSync(join(nested, ONE));
    expect(await said(Checkpoint.open(nested))).toBe("Checkpoint: model.safetensors is not a file");
    const broken = written({});
    symlinkSync(join(broken, "gone"), join(broken, ONE));
    expect(await said(Checkpoint.open(broken))).toMatch(
      /^Checkpoint: cannot read .*: there is no such file or folder$/,
    );
  });

  test.skipIf(process.platform === "win32")("with a pipe in place of a file is refused, not waited for", async () => {
    const path = written({});
    execFileSync("mkfifo", [join(path, ONE)]);
    expect(await said(Checkpoint.open(path))).toBe("Checkpoint: model.safetensors is not a file");
  });

  test("of which a file has changed or gone since it was opened is not read on", async () => {
    const path = written(inParts());
    const checkpoint = await Checkpoint.open(path);
    const part = join(path, A);
    const { mtimeMs } = statSync(part);
    utimesSync(part, new Date(), new Date(mtimeMs - 5000));
    expect(await said(checkpoint.read("x"))).toBe(`Checkpoint: ${A} has changed since it was opened`);
    expect([...(await checkpoint.read("z")).data]).toEqual([4]);
    rmSync(part);
    expect(await said(checkpoint.read("x"))).toMatch(/^Checkpoint: cannot read .*: there is no such file or folder$/);
  });

  test("is read to the end where the system gives less than was asked for, and each file is closed", async () => {
    const path = written(inParts());
    const fs = process.getBuiltinModule("node:fs/promises");
    const { open } = fs;
    const handles: FileHandle[] = [];
    const spy = vi.spyOn(fs, "open").mockImplementation(async (...given) => {
      const handle = await open(...given);
      const read = handle.read.bind(handle) as (to: Uint8Array, at: number, length: number, from: number) => unknown;
      handle.read = ((to: Uint8Array, at: number, length: number, from: number) =>
        read(to, at, Math.min(length, 5), from)) as FileHandle["read"];
      handles.push(handle);
      return handle;
    });
    try {
      const checkpoint = await Checkpoint.open(path);
      expect([...(await checkpoint.read("x")).data]).toEqual([1, 2]);
    } finally {
      spy.mockRestore();
    }
    expect(handles.length).toBeGreaterThan(3);
    expect(handles.map(({ fd }) => fd)).toEqual(handles.map(() => -1));
  });

  test("is a path, which a page is told that it has not", async () => {
    const { process } = globalThis;
    try {
      Object.assign(globalThis, { process: undefined });
      expect(await said(Checkpoint.open("some/folder"))).toBe(
        "Checkpoint: some/folder is a path, which only Node can read: give the files, or their bytes by name",
      );
      expect((await Checkpoint.open(whole)).tensors.size).toBe(1);
    } finally {
      globalThis.process = process;
    }
  });
});

describe("of a checkpoint of more than 4 GB", () => {
  const MB = 1e6;
  const script = join(folder, "readOne.mjs");
  const path = join(folder, "large.safetensors");
  /** 50 layers of 84 MB, in a file that takes no room on disk. The tensors that are read are the last ones. */
  const tensors: Record<string, object> = {};
  let end = 0;
  const add = (name: string, dtype: string, bytes: number, numbers: number): void => {
    tensors[name] = { dtype, shape: [numbers / 64, 64], data_offsets: [end, (end += bytes)] };
  };
  for (let i = 0; i < 50; i++) add(`layers.${i}.weight`, "F32", 84 * MB, 21 * MB);
  for (let i = 0; i < 1000; i++) add(`layers.0.experts.${i}.bias`, "BF16", 128, 64);
  add("float32", "F32", 64 * MB, 16 * MB);
  add("bfloat16", "BF16", 64 * MB, 32 * MB);
  add("int64", "I64", 64 * MB, 8 * MB);

  beforeAll(async () => {
    const start = file(tensors);
    writeFileSync(path, start);
    truncateSync(path, start.length + end);
    const handle = openSync(path, "r+");
    // Two numbers each, the first and the last.
    const one: [string, Uint8Array][] = [
      ["float32", new Uint8Array(Float32Array.of(1).buffer)],
      ["bfloat16", Uint8Array.of(0x80, 0x3f)],
      ["int64", new Uint8Array(BigInt64Array.of(1n).buffer)],
    ];
    for (const [name, bytes] of one) {
      const [from, to] = (tensors[name] as { data_offsets: [number, number] }).data_offsets;
      writeSync(handle, bytes, 0, bytes.length, start.length + from);
      writeSync(handle, bytes, 0, bytes.length, start.length + to - bytes.length);
    }
    closeSync(handle);
    const packed = await rolldown({ input: fileURLToPath(new URL("readOne.ts", import.meta.url)), platform: "node" });
    await packed.write({ file: script });
  });

  test("the file is that large, and takes little room", () => {
    expect(statSync(path).size).toBeGreaterThan(2 ** 32);
  });

  test.each(["float32", "bfloat16", "int64"])("the header and one tensor, %s, take 50 MB beyond it", async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, path, name]);
    const { bytes, sum, peak } = JSON.parse(stdout) as Record<"bytes" | "sum" | "peak", number>;
    console.log(`${name}: ${(peak / MB).toFixed(0)} MB for a tensor of ${bytes / MB} MB`);
    expect(bytes).toBe({ float32: 64, bfloat16: 128, int64: 32 }[name]! * MB);
    expect(sum).toBe(2);
    expect(peak).toBeGreaterThan(bytes / 2); // it is measured at all
    expect(peak).toBeLessThan(bytes + 50 * MB);
  });
});
