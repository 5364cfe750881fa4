import path from "node:path";
import { root } from "../setup/run.mjs";

/** What runs in the page of an interactive figure: which function of which module, and the module that keeps it as text. */
const pages = {
  "lib/plot/interactive/page.generated.ts": { page: ["lib/plot/interactive/page.ts", "start"] },
  "lib/interactive/pages.generated.ts": {
    drawCapacityPage: ["lib/interactive/capacity/draw.ts", "drawCapacity"],
    drawRouterPage: ["lib/interactive/router/draw.ts", "drawRouter"],
    drawCostPage: ["lib/interactive/cost/draw.ts", "drawCost"],
  },
};

/** Devices come with a figure's own data: the table would be most of what its page has to load. */
const withoutTables = {
  name: "no tables",
  load: (id) => {
    const [, name] = /cost[\\/]devices[\\/](datacenter|personal|desktop)\.ts$/.exec(id) ?? [];
    return name ? `export const ${name} = [];` : null;
  },
};

/** The text of each generated module, by its file relative to the clone. */
export async function pageTexts() {
  const { rolldown } = await import("rolldown");
  const texts = {};
  for (const [file, exports] of Object.entries(pages)) {
    let text = "// Written by scripts/pages/ from the modules beside it: do not edit.\n";
    for (const [name, [module, exported]] of Object.entries(exports)) {
      const packed = await rolldown({
        input: path.join(root, module),
        platform: "browser",
        plugins: [withoutTables],
        treeshake: { moduleSideEffects: false },
      });
      const { output } = await packed.generate({ format: "iife", name: "m", minify: true });
      await packed.close();
      // Marks for bundlers say nothing to a page.
      const code = output[0].code
        .trim()
        .replace(/;$/, "")
        .replace(/\/\* @__(PURE|NO_SIDE_EFFECTS)__ \*\/\s*/g, "");
      text += `export const ${name}: string =\n  ${JSON.stringify(`(()=>{${code};return m.${exported}})()`)};\n`;
    }
    texts[file] = text;
  }
  return texts;
}
