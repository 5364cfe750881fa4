import { parseArgs } from "node:util";
import { Problem, root, seconds } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { stages } from "./stages.mjs";

const usage = `npm test -- [STAGE…] [--quick] [--seed N]     runs the checks and ends with their totals

  STAGE     ${stages.map(({ name, title }) => `${name.padEnd(10)} ${title}`).join("\n            ")}
  --quick   without those that take minutes (the same as npm run check)
  --seed    other random input for the tests of properties; default 1`;

function parse(args) {
  try {
    const options = {
      quick: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", short: "h", default: false },
    };
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new Problem(`npm test: ${error.message.split(". ")[0]}.\n\n${usage}`);
  }
}

function choose(names, quick) {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown) throw new Problem(`npm test: there is no stage "${unknown}".\n\n${usage}`);
  return stages.filter((stage) => (names.length > 0 ? names.includes(stage.name) : !quick || !stage.slow));
}

/** Runs one stage; whatever it throws counts as one failure, so that the stages after it still run. */
async function runStage(stage) {
  const since = performance.now();
  let result;
  try {
    result = await stage.run();
  } catch (error) {
    result = { passed: 0, failed: 1, output: error instanceof Problem ? error.message : String(error.stack) };
  }
  const { passed, failed, skipped = 0, details = [], note, output } = result;
  const counts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  const mark = failed > 0 ? "FAIL" : note ? "----" : "ok  ";
  console.log(`${mark} ${stage.name.padEnd(10)} ${seconds(since).padStart(8)}   ${counts.join(", ")}`);
  for (const line of details) console.log(`     ${line}`);
  if (failed > 0) console.log(output.trimEnd().replaceAll(`${root}/`, "").replace(/^/gm, "     "));
  return result;
}

export async function test(args) {
  const { values, positionals } = parse(args);
  if (values.help) return console.log(usage);
  const chosen = choose(positionals, values.quick);
  if (!/^\d{1,9}$/.test(values.seed))
    throw new Problem(`npm test: --seed needs an integer from 0, got "${values.seed}"`);
  process.env.TWINFORMER_SEED = values.seed;
  const since = performance.now();
  const results = [];
  results.push(
    await runStage({
      name: "setup",
      async run() {
        await setup();
        return { passed: 1, failed: 0 };
      },
    }),
  );
  for (const stage of chosen) results.push(await runStage(stage));
  for (const { note } of results) if (note) console.log(`\n${note}`);

  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${seconds(since)} in all\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exit(sum("failed") > 0 ? 1 : 0);
}
