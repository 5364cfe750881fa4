/** The bar of a page that runs. */

import { button, type CodeCell } from "./cell.js";
import type { RunnerState } from "./runner.js";

export interface Bar {
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

export function toolbar(does: Record<"runAll" | "stop" | "restart" | "download", () => void>): Bar {
  const element = document.createElement("div");
  element.className = "live-bar";
  element.setAttribute("role", "region");
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
