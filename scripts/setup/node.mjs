// Runs before everything else, also on a Node that is far too old: no imports and no syntax younger than ES2015 here.

/** Null where `version` (such as "20.19.4") can run the project, else one sentence that says what to do.
 *  The notebook kernel loads this package, an ES module, by `require`: that works from Node 20.19 and 22.12 on. */
export function nodeProblem(version) {
  const parts = version.split(".").map(Number);
  const major = parts[0];
  const minor = parts[1];
  const good = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22;
  if (good) return null;
  return (
    "Twinformer needs Node 20.19 or newer (of the 22 line, 22.12 or newer), and this is Node " +
    version +
    ": install the current LTS release from https://nodejs.org and run the command again."
  );
}

/** Calls `main` where Node is new enough and prints what went wrong as one sentence: a `Problem` has no stack to show, nor has
 *  what the system refused (a full disk, say). */
export function onGoodNode(main) {
  const problem = nodeProblem(process.versions.node);
  if (problem !== null) {
    console.error(problem);
    process.exit(1);
  }
  main().catch(function (error) {
    const known = error && (error.name === "Problem" || (error.syscall && error.code));
    console.error(known ? error.message : error);
    process.exit(1);
  });
}
