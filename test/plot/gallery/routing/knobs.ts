import { knobs } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { router_logits: logits } = JSON.parse(new TextDecoder().decode(file("router.json"))) as {
  readonly router_logits: number[][][];
};
const sharpened = ({ temperature }: { temperature: number }, given: readonly number[], width: number) => {
  const powers = given.map((z) => Math.exp(z / temperature));
  const probs = powers.map((p) => p / powers.reduce((a, b) => a + b));
  const step = width / probs.length;
  const bars = probs.map((p, e) => {
    const [x, height] = [e * step + 4, 150 * p];
    return `<rect x="${x}" y="${160 - height}" width="${step - 8}" height="${height}" fill="var(--twin-moe, #c04a00)"/>`;
  });
  const most = `${(100 * Math.max(...probs)).toFixed(0)} %`;
  return {
    width,
    height: 160,
    markup: `<svg width="${width}" height="160" viewBox="0 0 ${width} 160">${bars.join("")}</svg>`,
    description: `At temperature ${temperature} the likeliest of ${probs.length} experts has ${most} of the probability.`,
    facts: { probs },
  };
};
const temperature = { label: "temperature", stops: [0.1, 0.3, 1, 3, 10], start: 1 };
export const figure = knobs(sharpened, { label: "temperature", controls: { temperature }, data: logits[0][0] });
