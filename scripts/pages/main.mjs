import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { pageTexts } from "./texts.mjs";

/** Writes the generated modules that have changed. */
export async function main() {
  await setup({ build: false });
  for (const [file, text] of Object.entries(await pageTexts())) {
    const target = path.join(root, file);
    const isNew = !existsSync(target) || readFileSync(target, "utf8") !== text;
    if (isNew) writeFileSync(target, text);
    console.log(`${file}: ${(Buffer.byteLength(text) / 1000).toFixed(1)} kB${isNew ? ", written" : ""}`);
  }
}
