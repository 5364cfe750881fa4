import { placementChart, readLoad } from "../../../../lib/plot/index.js";
import { placeReplicas } from "../../../../lib/parallel/index.js";
import { file } from "../data.js";

const load = Array.from(readLoad(file("experts.csv")).at(-1)!.load![0]); // of the first layer, at the last step
const { slots } = placeReplicas(load, { slots: 12, devices: 4 });
const replicas = (expert: number) => slots.flat().filter((own) => own === expert).length;
export const figure = placementChart(
  slots.flatMap((own, device) => own.map((expert) => ({ device, expert, load: load[expert] / replicas(expert) }))),
);
