import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Dropout, Generator, Module } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";

it("every generator that a layer of the library keeps can be found, so that a saved run goes on with its draws", () => {
  const hidden = ["nn", "moe", "models"].flatMap((folder) =>
    readdirSync(join("lib", folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        /#\w+\??(: Generator\b| = .*(new Generator|\.(fork|spawn)\())/.test(
          readFileSync(join("lib", folder, file), "utf8"),
        ),
      ),
  );
  expect(hidden).toEqual([]);
});

it("generators are named by their paths, each once, at any depth", () => {
  class Net extends Module {
    readonly rng = new Generator(1);
    readonly same = this.rng;
    readonly parts = { left: [new Dropout(0.5, { rng: this.rng })] };
  }
  expect(new Net().namedGenerators().map(([name]) => name)).toEqual(["rng", "parts.left.0.rng"]);
  const model = transformer({ vocabSize: 3, blockSize: 4, nLayer: 2, nHead: 1, dModel: 4, nExpert: 2 });
  expect(model.namedGenerators().map(([name]) => name)).toEqual([
    "blocks.0.feedForward.router.rng",
    "blocks.1.feedForward.router.rng",
  ]);
});
