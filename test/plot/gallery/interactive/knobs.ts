import { knobs } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, router_logits: logits } = JSON.parse(new TextDecoder().decode(file("router.json"))) as {
  readonly tokens: string[];
  readonly router_logits: number[][][];
};
const draw = ({ temperature, topK }: { temperature: number; topK: number }, given: number[], width: number) => {
  const powers = given.map((logit) => Math.exp(logit / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  const order = powers.map((_, expert) => expert).sort((a, b) => powers[b] - powers[a]);
  const held = order.slice(0, topK).reduce((all, expert) => all + powers[expert] / sum, 0);
  const bars = order.map((expert, i) => {
    const color = i < topK ? "var(--twin-moe, #c04a00)" : "var(--twin-muted, #5c6470)";
    const size = (powers[expert] / sum) * (width - 70);
    return `<text y="${22 * i + 15}">expert ${expert}</text><rect x="64" y="${22 * i + 3}" width="${size}" height="16" fill="${color}"/>`;
  });
  const look = `width="${width}" height="180" viewBox="0 0 ${width} 180" font-size="12" fill="currentColor"`;
  const description = `At temperature ${temperature} the top ${topK} hold ${Math.round(100 * held)} % of the probability.`;
  return { width, height: 180, markup: `<svg ${look}>${bars.join("")}</svg>`, description, facts: { held } };
};
const controls = {
  temperature: { label: "temperature", min: 0.1, max: 3, step: 0.1, start: 1 },
  topK: { label: "top k", min: 1, max: 8, step: 1, start: 2 },
};
export const figure = knobs(draw, { label: `router of "${tokens[0]}"`, controls, data: logits[0][0] });
