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
    const [x, height, middle] = [e * step + 4, 130 * p, `x="${(e + 0.5) * step}" text-anchor="middle"`];
    return (
      `<rect x="${x}" y="${160 - height}" width="${step - 8}" height="${height}" fill="var(--twin-moe, #c3540d)"/>` +
      `<text ${middle} y="${155 - height}">${(100 * p).toFixed(0)} %</text><text ${middle} y="177">expert ${e}</text>`
    );
  });
  const most = `${(100 * Math.max(...probs)).toFixed(0)} %`;
  return {
    width,
    height: 184,
    markup: `<svg width="${width}" height="184" viewBox="0 0 ${width} 184" font-size="11" fill="currentColor">${bars.join("")}</svg>`,
    description: `At temperature ${temperature} the likeliest of ${probs.length} experts has ${most} of the probability.`,
    facts: { probs },
  };
};
const temperature = { label: "temperature", stops: [0.1, 0.3, 1, 3, 10], start: 1 };
export const figure = knobs(sharpened, { label: "temperature", controls: { temperature }, data: logits[0][0] });
