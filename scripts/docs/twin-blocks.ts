/** The twins of the README as block diagrams: `node --import tsx scripts/docs/twin-blocks.ts`.
 *  Writes assets/twin-blocks.svg and assets/twin-blocks-dark.svg, and prints what they show in words. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { account, leaves } from "../../lib/account/index.js";
import { twinBlocks, type TwinRow } from "../../lib/plot/index.js";

const shape = { vocabSize: 89, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64 };

const rowsOf = (nExpert: number): TwinRow[] =>
  leaves(account({ model_type: "twinformer", ...shape, nExpert, topK: 2 }).tree)
    .filter(({ part }) => !part.buffer)
    .map(({ part, total, active }) => ({
      component: part.kind ?? "other",
      total: Number(total),
      active: Number(active),
    }));

const figure = twinBlocks({ dense: rowsOf(0), moe: rowsOf(8) }, { nExpert: 8, topK: 2, nLayer: shape.nLayer });
const assets = path.resolve(import.meta.dirname, "../../assets");
writeFileSync(path.join(assets, "twin-blocks.svg"), `${figure.svg("light")}\n`);
writeFileSync(path.join(assets, "twin-blocks-dark.svg"), `${figure.svg("dark")}\n`);
console.log(figure.description);
