/** Files of the reader: dropped on the page, or chosen. A notebook gets a page of its own, all else cells can read by its name. Nothing
 *  leaves the browser. */

import { button } from "../page/cell.js";
import { keepOwn } from "./kept.js";
import type { Runner } from "../page/runner.js";
import { say } from "../page/say.js";

/** Bytes of a file that a cell may read. */
const LARGEST = 512e6;

/** Lines that read a file, by the end of its name. */
const READ: readonly (readonly [RegExp, (name: string) => string])[] = [
  [
    /^config\.json$/i,
    (name) =>
      `import { account } from "twinformer/account";\nimport { readFileSync } from "fs";\nconst counted = account(JSON.parse(readFileSync(${name}, "utf8")));`,
  ],
  [
    /\.(csv|jsonl|log)$/i,
    (name) =>
      `import { readLog } from "twinformer/plot";\nimport { readFileSync } from "fs";\nconst rows = readLog(readFileSync(${name}, "utf8"));`,
  ],
  [/\.json$/i, (name) => `import { readFileSync } from "fs";\nconst rows = JSON.parse(readFileSync(${name}, "utf8"));`],
  [
    /\.safetensors$/i,
    (name) => `import { openModel } from "twinformer/notebook";\nconst opened = await openModel(${name});`,
  ],
  [/^/, (name) => `import { fromText } from "twinformer/data";\nconst text = await fromText(${name});`],
];

/** The code that reads a file of this name. */
export function readingCode(name: string): string {
  const [, code] = READ.find(([pattern]) => pattern.test(name))!;
  return code(JSON.stringify(name));
}

/** A name without folders or letters that no file should have. */
export const plainName = (name: string): string =>
  (name.split(/[/\\]/).pop() ?? "").replace(/\p{Cc}/gu, "").slice(0, 120) || "file";

/** @param runner of the page  @param openNotebook what to do with a notebook; default: it goes to own.html */
export function takeFiles(
  runner: Runner,
  openNotebook: (name: string, text: string) => void = (name, text) => {
    if (keepOwn(name, text)) location.href = "own.html";
    else say(`${name} is too large to be handed to another page: open own.html, and drop it there.`);
  },
): void {
  const take = async (files: Iterable<File>): Promise<void> => {
    for (const file of files) {
      const name = plainName(file.name);
      if (file.size > LARGEST)
        say(`${name} has ${Math.round(file.size / 1e6)} MB: a page takes files up to ${LARGEST / 1e6} MB.`);
      else if (/\.ipynb$/i.test(name)) openNotebook(name, await file.text());
      else {
        runner.give([{ path: `/notebooks/${name}`, bytes: new Uint8Array(await file.arrayBuffer()) }]);
        say(`Cells can read ${name} now:`, readingCode(name));
      }
    }
  };
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.hidden = true;
  input.addEventListener("change", () => void take(input.files ?? []).then(() => (input.value = "")));
  const open = button("Open", "Open a notebook, a text, rows or a config of yours", () => input.click());
  document.querySelector(".live-bar [role=status]")!.before(open, input);
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files;
    if (!files || files.length === 0) return;
    event.preventDefault();
    void take(files);
  });
}
