/** Pages that are made from data: made.ts PLAN.json, where scripts/site/main.mjs says what there is. Writes what it made beside the plan. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cardPng } from "./card.js";
import { claimPages, claimsIndex, mythPages, mythsOf } from "./claims.js";
import { embedHref, embedPage, withAddresses } from "./embeds.js";
import { modelPages } from "./models.js";
import { questionPages } from "./questions.js";
import { cellsOf, claimRuns, figuresIn, mythRuns, type Notebook, textsOf } from "./runs.js";
import { playgroundFiles, playgroundPage, trainedClaims } from "./playground.js";
import { routerPage } from "./router.js";
import { inShell, rulesOf } from "./shell.js";

export interface Plan {
  readonly out: string;
  /** Where the site will be: "https://…/", or null. */
  readonly address: string | null;
  /** In `out`: the page that the others are put into. It is removed. */
  readonly shell: string;
  /** Drawn cards lie here from one site to the next. */
  readonly cards: string;
  readonly notebooks: readonly Notebook[];
  /** Where the list of pages goes. */
  readonly made: string;
}

const MYTHS = "14-myths";

export async function make({ out, address, shell, cards, notebooks, made }: Plan): Promise<void> {
  const frame = readFileSync(path.join(out, shell), "utf8");
  rmSync(path.join(out, shell));
  const write = (href: string, content: string | Buffer): void => {
    const file = path.join(out, href);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  write("pages.css", rulesOf(frame));
  for (const [href, text] of Object.entries(await playgroundFiles())) write(href, text);

  const cells = cellsOf(notebooks);
  const claims = claimRuns(cells);
  const myths = mythsOf(
    mythRuns(cells.filter(({ notebook }) => notebook === MYTHS)),
    new Map(notebooks.filter(({ name }) => name === MYTHS).flatMap((notebook) => [...textsOf(notebook)])),
  );
  const titles = new Map(notebooks.map(({ name, title }) => [name, title]));
  const pages = [
    ...modelPages(),
    await playgroundPage(),
    routerPage(),
    claimsIndex(claims, myths),
    ...claimPages(claims, await trainedClaims()),
    ...mythPages(myths),
    ...questionPages(titles),
  ];
  for (const page of pages) {
    write(page.href, inShell(frame, page, address));
    if (page.image !== undefined) write(page.image, cardPng(page.card, cards));
  }
  const figures = cells.filter((cell) => figuresIn(cell).length > 0);
  for (const cell of figures) write(embedHref(cell), embedPage(cell));
  for (const { name } of notebooks) {
    const file = path.join(out, `${name}.html`);
    const own = cells.filter(({ notebook }) => notebook === name);
    writeFileSync(file, withAddresses(readFileSync(file, "utf8"), own));
  }
  const found = pages.filter(({ isFound }) => isFound).map(({ href, title }) => ({ href, title }));
  writeFileSync(made, JSON.stringify({ pages: pages.length, embeds: figures.length, found }));
}

const [planFile] = process.argv.slice(2);
if (planFile !== undefined && import.meta.filename === path.resolve(process.argv[1]))
  await make(JSON.parse(readFileSync(planFile, "utf8")) as Plan);
