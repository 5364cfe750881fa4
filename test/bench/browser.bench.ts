/** `npm run bench -- browser`: the products of `matmul` in Chromium, on a page that shows every round as it comes in.
 *  `--open`: prints the page's address for a browser of your own, and waits for what it measures.
 *  `--rounds N` (15), `--shape 256x256x256`, `--kernels NAME`; CHROMIUM names another Chromium. */
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/test/chromium.mjs";
import type { Facts } from "./page/report.js";
import { servePage } from "./page/server.js";
import type { ProductRow } from "./products/measure.js";
import { chartOf, headOf, line } from "./products/table.js";
import type { BenchOptions, BenchResult } from "./suite.js";

export const peers = true;

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const executablePath = flags.has("open") ? null : findChromium();
  if (!executablePath && !flags.has("open"))
    throw new Error("no Chromium was found: CHROMIUM=… names one, and --open prints an address for any browser");
  const rounds = flags.get("rounds") ?? "15";
  const rows: ProductRow[] = [];
  let facts: Facts | undefined;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const ended = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  const { url, stop } = await servePage((report) => {
    if ("facts" in report) {
      facts = report.facts;
      rows.length = 0; // a page that is loaded again begins again
      print(`browser, ${said(facts)}; GFLOP/s; median (quartiles) of ${rounds} interleaved rounds`);
      print(headOf());
    } else if ("row" in report) {
      rows.push(report.row);
      print(line(report.row));
    } else if ("error" in report) settle.reject(new Error(report.error));
    else settle.resolve();
  });
  url.searchParams.set("rounds", rounds);
  for (const name of ["shape", "kernels"]) if (flags.has(name)) url.searchParams.set(name, flags.get(name)!);
  const close = executablePath ? await open(executablePath, url, (error) => settle.reject(error)) : null;
  if (!close) console.error(`open ${url.href}`); // not print: with --json, too, somebody has to read it
  try {
    await ended;
  } finally {
    await close?.();
    stop();
  }
  const chart = chartOf(rows, facts!.kernels);
  return { suite: "browser", rows: rows.map((row) => ({ ...row })), chart, notes: [said(facts!), `rounds: ${rounds}`] };
}

const said = ({ browser, kernels, isolated }: Facts): string =>
  `${browser}, ${kernels} kernels, ${isolated ? "cross-origin isolated" : "not cross-origin isolated"}`;

/** Opens a Chromium without a window on the page; gives what closes it. */
async function open(executablePath: string, url: URL, fail: (error: Error) => void): Promise<() => Promise<void>> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  const page = await browser.newPage();
  page.on("pageerror", fail);
  page.on("crash", () => fail(new Error("the page crashed")));
  await page.goto(url.href);
  return () => browser.close();
}
