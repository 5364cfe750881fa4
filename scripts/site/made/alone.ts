/** The playground without the course: alone.ts PLAN.json. For who wants to see it at once: the course's pages need its notebooks executed. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { playgroundFiles, playgroundPage } from "./playground.js";
import { routerPage } from "./router.js";
import { inShell, rulesOf } from "./shell.js";

const { out, shell } = JSON.parse(readFileSync(process.argv[2], "utf8")) as { out: string; shell: string };
const frame = readFileSync(path.join(out, shell), "utf8");
rmSync(path.join(out, shell));
mkdirSync(path.join(out, "playground"), { recursive: true });
for (const [href, text] of Object.entries({ ...(await playgroundFiles()), "pages.css": rulesOf(frame) }))
  writeFileSync(path.join(out, href), text);
const [playground, router] = [await playgroundPage({ isAlone: true }), routerPage()];
for (const page of [playground, { ...router, menu: router.href }]) {
  const { image: _, ...rest } = page; // cards are for pages that are shared
  writeFileSync(path.join(out, page.href), inShell(frame, rest, null));
}
