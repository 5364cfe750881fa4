import { escapeHtml } from "../../plot/escape.js";
import { sentence } from "../../text/show.js";
import type { LiveRow, StopReason } from "./row.js";
import type { Picture } from "../picture.js";

/** A line of small text above the charts. */
export function statusPicture(text: string): Picture {
  const style = "margin:0 0 4px 2px;font-size:12px;opacity:0.75;font-variant-numeric:tabular-nums";
  return {
    name: "status",
    description: text,
    html: () => `<p class="twinformer-status" style="${style}">${escapeHtml(text)}</p>`,
  };
}

/** "step 120 · 34 s of 60 s · the stop button ends it and keeps what was learned" */
export function progress(rows: readonly LiveRow[], elapsed: number, limit: number): string {
  const time = Number.isFinite(limit) ? `${elapsed.toFixed(0)} s of ${limit} s` : `${elapsed.toFixed(0)} s`;
  return `step ${rows[rows.length - 1]?.step ?? 0} · ${time} · the stop button ■ ends it and keeps what was learned`;
}

/** How a training ended, in a sentence. */
export function ending(
  stopped: StopReason,
  rows: readonly LiveRow[],
  elapsed: number,
  trouble?: { readonly message: string },
): string {
  const reached = `at step ${rows[rows.length - 1]?.step ?? 0}, after ${elapsed.toFixed(1)} s`;
  switch (stopped) {
    case "done":
      return `Trained to the end: ${reached.slice(3)}.`;
    case "time":
      return `Time is up: stopped ${reached}.`;
    case "interrupted":
      return `Stopped by you ${reached}. The models keep what they learned.`;
    case "error":
      return trouble?.message ?? `Training failed ${reached}.`;
  }
}

/** The first line of what was thrown, whatever it was, as plain words. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return sentence(text.trim().split("\n", 1)[0].trim());
}
