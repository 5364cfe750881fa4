/** The program of the page: measures the products one after another, shows every round, tells the command line the rows. */
import { kernelName, useKernels, type KernelName } from "../../../lib/kernels/index.js";
import { barChart } from "../products/chart.js";
import { jaxProducts } from "../products/jax.js";
import { measureProduct, type ProductRow } from "../products/measure.js";
import { onnxProducts } from "../products/onnx.js";
import { chosen } from "../products/product.js";
import { tfjsProducts } from "../products/tfjs.js";
import { showSpread } from "../suite.js";
import { jax, onnx, setWasmPaths, tf } from "./libraries.js";
import type { Facts, Report } from "./report.js";

const element = (id: string) => document.getElementById(id)!;
const tell = (report: Report) => fetch("report", { method: "POST", body: JSON.stringify(report) });

/** Lets the browser draw; a page that nobody sees gets no frames, and goes on all the same. */
const drawn = () =>
  new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 100);
  });

async function peers() {
  setWasmPaths("wasm/");
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // one thread, as everybody here
  const { href } = new URL("wasm/", location.href);
  onnx.env.wasm.wasmPaths = { wasm: `${href}ort-wasm-simd-threaded.wasm` };
  return [tfjsProducts(tf, "wasm"), onnxProducts(onnx), await jaxProducts(jax)];
}

async function run(options: URLSearchParams): Promise<void> {
  const rounds = Number(options.get("rounds") ?? 15);
  const kernels = (options.get("kernels") ?? kernelName()) as KernelName;
  useKernels(kernels);
  const facts: Facts = { browser: browserName(), kernels, isolated: crossOriginIsolated };
  await tell({ facts });
  const clock = `its clock ticks every ${facts.isolated ? "5" : "100"} µs`;
  element("facts").textContent =
    `${facts.browser} · ${kernels} kernels · ${facts.isolated ? "cross-origin isolated" : "not cross-origin isolated"}: ${clock} · ${rounds} rounds`;
  const others = await peers();
  const rows: ProductRow[] = [];
  for (const product of chosen(options.get("shape") ?? undefined)) {
    const line = element("rows").appendChild(document.createElement("tr"));
    line.className = "running";
    const watch = async (row: ProductRow) => {
      line.replaceChildren(...cellsOf(row));
      element("now").innerHTML = speeds(row, rounds);
      element("all").innerHTML = ratios([...rows, row]);
      await drawn();
    };
    const row = await measureProduct(product, { kernels, peers: others, rounds, clock: "wall", watch });
    line.className = "";
    rows.push(row);
    await tell({ row });
  }
  element("now").remove();
}

const speeds = ({ shape, rounds, gflops }: ProductRow, planned: number): string =>
  barChart(
    `Now: ${written(shape)}`,
    `GFLOP/s · round ${rounds} of ${planned}`,
    Object.entries(gflops).map(([name, value]) => ({ name, value, ours: name === "ours" })),
  ).html({ still: false });

const ratios = (rows: readonly ProductRow[]): string =>
  barChart(
    "Ours against the best other",
    "times as fast, paired in each round",
    rows.map(({ shape, best, ratioToBest }) => ({
      name: `${written(shape)}: ${best}`,
      value: ratioToBest,
      ours: true,
    })),
  ).html({ still: false });

function cellsOf({ shape, gflops, best, ratioToBest, shareOfCeiling }: ProductRow): HTMLElement[] {
  const figures: [text: string, name?: "name"][] = [
    [written(shape)],
    [showSpread(gflops.ours, 1)],
    [showSpread(gflops[best], 1)],
    [best, "name"],
    [showSpread(ratioToBest)],
    [shareOfCeiling ? showSpread(shareOfCeiling) : "–"],
  ];
  return figures.map(([text, name]) => {
    const cell = document.createElement("td");
    if (name) cell.className = name;
    const [median, quartiles] = text.split(" (");
    cell.append(median);
    if (quartiles) cell.appendChild(document.createElement("small")).textContent = ` (${quartiles}`;
    return cell;
  });
}

const written = (shape: string) => shape.replaceAll("x", "×");
const browserName = () => /(Chrome|Firefox|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent;

// The figures' own colors follow a notebook's theme by this attribute.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => (document.documentElement.dataset.jpThemeLight = String(!dark.matches));
dark.addEventListener("change", follow);
follow();

run(new URLSearchParams(location.search)).then(
  () => tell({ end: true }),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    element("facts").textContent = message;
    element("facts").className = "alarm";
    return tell({ error: message });
  },
);
