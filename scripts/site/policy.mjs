// What a page of the site may load and run: its own files, and the scripts of figures that were in it when it was made.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Where the template leaves room for it. */
const PLACE = "<!-- policy -->";

/** Hashes of all scripts that stand in a page. Data (type="application/json") are no scripts. */
export function scriptHashes(html) {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
  return scripts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
}

/** @param {Iterable<string>} hashes of the scripts that may stand in a page */
export const policy = (hashes) =>
  [
    "default-src 'self'",
    `script-src ${["'self'", ...hashes].join(" ")}`,
    "style-src 'self' 'unsafe-inline'", // figures have their rules with them
    "img-src 'self' data: blob:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** Writes one policy into all pages: a figure that one page had when it was made, another may draw when it runs. */
export function writePolicy(pages, out) {
  const files = pages.map(({ href }) => path.join(out, href));
  const texts = files.map((file) => readFileSync(file, "utf8"));
  const hashes = new Set(texts.flatMap(scriptHashes));
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(hashes)}">`;
  texts.forEach((text, i) => writeFileSync(files[i], text.replace(PLACE, meta)));
}
