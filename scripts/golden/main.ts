/** `npm run golden -- DIR`: runs every reference case under DIR through the library, a line each. */

import { runGolden } from "./run.js";

const [directory] = process.argv.slice(2);
if (!directory) {
  console.error("usage: npm run golden -- DIR");
  process.exitCode = 1;
} else {
  const { passed, failed } = await runGolden(directory, (line) => console.log(line));
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
