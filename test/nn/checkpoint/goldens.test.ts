import { createHash } from "node:crypto";
import { openAsBlob, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Checkpoint, type CheckpointSource, type FileLike, loadSafetensors } from "../../../lib/index.js";
import { file } from "./files.js";

const root = fileURLToPath(new URL("../../golden/data/nn/checkpoints", import.meta.url));

interface Golden {
  folders: Record<string, Record<string, { shape: number[]; dtype: string; file: string; sha256: string }>>;
  allBitPatterns: Record<string, string>;
}
const golden = JSON.parse(readFileSync(join(root, "numbers.json"), "utf8")) as Golden;

/** Of all numbers but those that are none: their bits are not kept. */
const digest = (data: Float32Array | Int32Array): string =>
  createHash("sha256")
    .update(new Uint8Array(data.filter((x) => !Number.isNaN(x)).buffer))
    .digest("hex");

const names = (folder: string): string[] => readdirSync(join(root, folder));

/** The ways to hand a folder over. */
const sources: Record<string, (folder: string) => CheckpointSource | Promise<CheckpointSource>> = {
  "its path": (folder) => join(root, folder),
  "its URL": (folder) => new URL(`../../golden/data/nn/checkpoints/${folder}`, import.meta.url),
  "its files": async (folder) =>
    Promise.all(
      names(folder).map(async (name) => {
        const blob = await openAsBlob(join(root, folder, name));
        return { name, size: blob.size, slice: (start, end) => blob.slice(start, end) } satisfies FileLike;
      }),
    ),
  "the bytes of its files": (folder) =>
    Object.fromEntries(names(folder).map((name) => [name, readFileSync(join(root, folder, name))])),
};

describe.each(Object.entries(golden.folders))(
  "the folder %s, which save_pretrained wrote, read from",
  (folder, wanted) => {
    test.each(Object.entries(sources))(
      "%s, has the names, dtypes, shapes and numbers that Python finds",
      async (_, of) => {
        const checkpoint = await Checkpoint.open(await of(folder));
        const found: Record<string, unknown> = {};
        for (const [name, about] of checkpoint.tensors) {
          const { shape, data } = await checkpoint.read(name);
          expect(shape).toEqual(about.shape);
          expect(data).toBeInstanceOf(Float32Array);
          found[name] = { ...about, sha256: digest(data) };
        }
        expect(found).toEqual(wanted);
        expect(checkpoint.metadata).toEqual({ format: "pt" });
        expect([...checkpoint.files].sort()).toEqual(names(folder).sort());
        expect(JSON.parse(await checkpoint.text("config.json"))).toMatchObject({ vocab_size: 32 });
      },
    );
  },
);

test.each(Object.entries(golden.allBitPatterns))(
  "all numbers of %s are what PyTorch makes of them",
  (dtype, sha256) => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const header = { x: { dtype, shape: [65536], data_offsets: [0, bits.byteLength] } };
    const { data } = loadSafetensors(file(header, new Uint8Array(bits.buffer))).state.x;
    expect(digest(data)).toBe(sha256);
    for (let i = 0; i < 65536; i++) {
      const [exponent, fraction] = dtype === "F16" ? [(i >> 10) & 31, i & 1023] : [(i >> 7) & 255, i & 127];
      if (Number.isNaN(data[i]) !== (exponent === (dtype === "F16" ? 31 : 255) && fraction > 0))
        expect(i).toBe("no NaN");
    }
  },
);
