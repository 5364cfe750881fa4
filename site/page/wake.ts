/** Makes the page of a notebook live: cells can be run and edited. All that is there to be read is there without it. */

import type { Failure, Report } from "../messages.js";
import { CodeCell } from "./cell.js";
import { download } from "./download.js";
import { Edits } from "./edits.js";
import { cellIsDone } from "../reading/progress.js";
import { Runner } from "./runner.js";
import { toolbar } from "./bar.js";
import { say } from "./say.js";
import type { Notebook } from "./notebook.js";
import { TypesClient } from "./types.js";

export interface Awake {
  readonly runner: Runner;
  /** Makes a code cell live that stands in the page. */
  add(id: string, source: string): void;
}

/** @param name of the notebook  @param notebook what it holds: all cells that stand in the page come to life */
export function wake(name: string, notebook: Notebook): Awake {
  const edits = new Edits(name);
  const began = new Map<string, number>();
  const byId = new Map<string, CodeCell>();
  const runner = new Runner("cells.js", environment(), {
    report: (report) => heard(report),
    state: (state) => bar.state(state),
    lost: (names, why) => bar.lost(names, why, [...byId.values()]),
  });
  const types = new TypesClient("types.js", (sentence) => say(sentence));
  const before = (cell: CodeCell): string[] => {
    const all = [...byId.values()];
    return all.slice(0, all.indexOf(cell)).map(({ source }) => source);
  };
  const run = (cells: readonly CodeCell[]): void => {
    for (const cell of cells) cell.waits();
    runner.run(cells.map(({ id, source }) => ({ cell: id, source })));
  };
  const add = (id: string, source: string): void => {
    const section = document.getElementById(`cell-id=${id}`);
    if (!section?.querySelector(".highlight")) return;
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
  };
  for (const { id, source } of notebook.code) add(id, source);

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
      const seconds = (performance.now() - (began.get(report.cell) ?? performance.now())) / 1000;
      cell.ended(failed, seconds, failed ? whereOf(failed, cell) : "");
      if (!failed) cellIsDone(name, cell.id, byId.size);
      if (failed) for (const other of byId.values()) if (other.section.dataset.state === "waiting") other.forgotten();
    }
  }

  /** The line that threw, and what helps where names of cells above are missing. */
  function whereOf({ place, sentence }: Failure, cell: CodeCell): string {
    const all = [...byId.values()];
    const above = all.slice(0, all.indexOf(cell));
    const isTooEarly =
      /^ReferenceError: \S+ is not defined/.test(sentence) &&
      above.some(({ section }) => section.dataset.state !== "done");
    const help = isTooEarly ? ["Not all cells above have run: press Run to here."] : [];
    if (!place) return help.join("");
    const line = byId.get(place.cell)?.source.split("\n")[place.line - 1]?.trim() ?? "";
    return [`Line ${place.line}${place.cell === cell.id ? "" : ` of cell ${place.cell}`}: ${line}`, ...help].join("\n");
  }

  const bar = toolbar({
    runAll: () => run([...byId.values()]),
    stop: () => runner.stop(),
    restart: () => runner.restart(),
    download: () => download(name, notebook, byId),
  });
  return { runner, add };
}

/** Variables that cells see. The address may ask for the short form, which tests and hurried readers take, and for longer time limits. */
function environment(): Record<string, string> {
  const asked = new URLSearchParams(location.search);
  const patience = asked.get("patience");
  return {
    ...(asked.has("short") && { TWINFORMER_SHORT: "1" }),
    ...(patience !== null && { TWINFORMER_PATIENCE: patience }),
  };
}
