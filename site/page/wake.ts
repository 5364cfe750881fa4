/** Makes the page of a notebook live: cells can be run and edited. All that is there to be read is there without it. */

import type { Report } from "../messages.js";
import { button, CodeCell } from "./cell.js";
import { download } from "./download.js";
import { Edits } from "./edits.js";
import { Runner, type RunnerState } from "./runner.js";
import { openNotebook, type Notebook } from "./notebook.js";
import { TypesClient } from "./types.js";

export interface Awake {
  readonly cells: readonly CodeCell[];
  readonly runner: Runner;
  runAll(): void;
}

/** @param name of the notebook */
export async function wake(name: string): Promise<Awake> {
  const notebook: Notebook = await openNotebook(`notebooks/${name}.ipynb`);
  const edits = new Edits(name);
  const began = new Map<string, number>();
  const byId = new Map<string, CodeCell>();
  const runner = new Runner("cells.js", environment(), {
    report: (report) => heard(report),
    state: (state) => bar.state(state),
    lost: (names, why) => bar.lost(names, why, [...byId.values()]),
  });
  const types = new TypesClient();
  const before = (cell: CodeCell): string[] => {
    const all = [...byId.values()];
    return all.slice(0, all.indexOf(cell)).map(({ source }) => source);
  };
  const run = (cells: readonly CodeCell[]): void => {
    for (const cell of cells) cell.waits();
    runner.run(cells.map(({ id, source }) => ({ cell: id, source })));
  };
  for (const { id, source } of notebook.code) {
    const section = document.getElementById(`cell-id=${id}`);
    if (!section?.querySelector(".highlight")) continue;
    const cell = new CodeCell(section, id, source, edits, {
      run(cell, then) {
        run([cell]);
        const all = [...byId.values()];
        if (then === "next") all[all.indexOf(cell) + 1]?.focus();
      },
      runTo: (cell) => run([...byId.values()].slice(0, [...byId.values()].indexOf(cell) + 1)),
      async edit(cell, parent) {
        const { openEditor } = await import("./editor.js");
        return openEditor({
          ...{ parent, source: cell.source, label: `Cell ${id}`, types },
          before: () => before(cell),
          onChange: (source) => cell.typed(source),
          onRun: (then) => this.run(cell, then),
        });
      },
    });
    byId.set(id, cell);
  }

  function heard(report: Report): void {
    if (!("cell" in report)) return;
    const cell = byId.get(report.cell);
    if (!cell) return;
    if (report.type === "began") {
      began.set(report.cell, performance.now());
      cell.began();
    } else if (report.type === "text") cell.outputs.text(report);
    else if (report.type === "html") cell.outputs.html(report);
    else {
      const { failed } = report;
      const place = failed?.place;
      const source = place ? byId.get(place.cell)?.source.split("\n")[place.line - 1] : undefined;
      const where = place
        ? `Line ${place.line}${place.cell === report.cell ? "" : ` of cell ${place.cell}`}: ${source?.trim() ?? ""}`
        : "";
      cell.ended(failed, (performance.now() - (began.get(report.cell) ?? performance.now())) / 1000, where);
      if (failed) for (const other of byId.values()) if (other.section.dataset.state === "waiting") other.forgotten();
    }
  }

  const cells = [...byId.values()];
  const bar = toolbar({
    runAll: () => run(cells),
    stop: () => runner.stop(),
    restart: () => runner.restart(),
    download: () => download(name, notebook, byId),
  });
  return { cells, runner, runAll: () => run(cells) };
}

/** Variables that cells see. The address may ask for the short form, which tests and hurried readers take. */
function environment(): Record<string, string> {
  return new URLSearchParams(location.search).has("short") ? { TWINFORMER_SHORT: "1" } : {};
}

interface Bar {
  state(state: RunnerState): void;
  lost(names: readonly string[], why: string, cells: readonly CodeCell[]): void;
}

const SAID: Readonly<Record<RunnerState, string>> = {
  asleep: "Runs in this browser; nothing is sent.",
  starting: "starting …",
  idle: "ready",
  running: "running",
  stopping: "stopping … (press again to end it at once)",
};

function toolbar(does: Record<"runAll" | "stop" | "restart" | "download", () => void>): Bar {
  const element = document.createElement("div");
  element.className = "live-bar";
  element.setAttribute("role", "toolbar");
  element.setAttribute("aria-label", "Run this notebook");
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const stop = button("■ Stop", "Stop what runs", does.stop);
  stop.disabled = true;
  element.append(
    button("▶ Run all", "Run all cells", does.runAll),
    stop,
    button("↻ Restart", "Restart: forget all names", does.restart),
    button("Download", "Download this notebook with its outputs", does.download),
    said,
  );
  document.querySelector("main")!.before(element);
  const bar: Bar = {
    state(state) {
      stop.disabled = state !== "running" && state !== "stopping";
      element.dataset.state = state;
      if (state !== "asleep" || element.dataset.lost === undefined) said.textContent = SAID[state];
      if (state !== "asleep") delete element.dataset.lost;
    },
    lost(names, why, cells) {
      for (const cell of cells) if (cell.section.dataset.state !== "failed") cell.forgotten();
      if (why === "") return;
      element.dataset.lost = "";
      const list = names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
      said.textContent = `Ended: ${why}. ${names.length === 0 ? "No names were lost." : `Lost: ${list}. Run those cells again.`}`;
    },
  };
  said.textContent = SAID.asleep;
  return bar;
}
