import { capacityBars } from "../../../../lib/plot/index.js";
import { lab } from "../data.js";

interface Row {
  readonly kind: string;
  readonly overflow: string;
  readonly factor: number;
  readonly rerouted: number;
  readonly dropped: number;
  readonly padding: number;
}

const measured = lab<Row>("capacity.json").filter(
  ({ kind, overflow }) => kind === "trained" && overflow !== "dropless",
);
export const figure = capacityBars(measured, { by: "overflow" });
