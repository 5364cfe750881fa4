/** npm run anki: build/anki/twinformer-interview.apkg, a zip with the collection and no media. */

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { strToU8, zipSync } from "fflate";
import { notes } from "./cards.js";
import { collection } from "./collection.js";

const [given] = process.argv.slice(2);
const file = path.resolve(given ?? path.join(import.meta.dirname, "../../build/anki/twinformer-interview.apkg"));
const all = notes();
const bytes = zipSync({ "collection.anki2": await collection(all, Date.now()), media: strToU8("{}") });
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, bytes);
console.log(`${all.length} cards in ${path.relative(process.cwd(), file)}: in Anki, File, Import`);
