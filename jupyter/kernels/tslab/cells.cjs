"use strict";
// What tslab does with a cell, mended: `for await` at top level, and errors that begin with their sentence.
const { SourceMap } = require("node:module");
const { inspect, types } = require("node:util");

/** A cell that has run: its text, and where each position of what was executed came from. */
class Cell {
  #maps;

  /** @param maps source maps, from the executed text back to the cell's */
  constructor(number, source, maps) {
    this.number = number;
    this.lines = source.split("\n");
    this.#maps = maps;
  }

  /** Line of the cell, from 1, for a position in a stack (both from 1); undefined where there is none. */
  lineOf(line, column) {
    let [at, column0] = [line - 1 - LINES_BEFORE, column - 1];
    for (const map of this.#maps) {
      const { originalLine, originalColumn } = map.findEntry(at, column0);
      if (originalLine === undefined) return undefined;
      [at, column0] = [originalLine, originalColumn];
    }
    const found = at - TSLAB_LINES + 1;
    return found >= 1 && found <= this.lines.length ? found : undefined;
  }
}

const LINES_BEFORE = 1; // convert() below adds one: the columns of the first line are then as in the map
const TSLAB_LINES = 1; // tslab compiles `export {};` and the cell
const FRAME = /cell:(\d+):(\d+):(\d+)/;

/** Replaces what the kernel is made of by wrappers. Call it before tslab/dist/main.js is loaded. @param tslab its folder */
exports.mendCells = (tslab) => {
  const load = (name) => require(require.resolve(name, { paths: [tslab] }));
  let compiled = ""; // the cell as JavaScript, before its imports become `require`: with the map to its TypeScript
  const ts = load("@tslab/typescript-for-tslab");
  require.cache[require.resolve("@tslab/typescript-for-tslab", { paths: [tslab] })].exports = {
    ...ts,
    isIdentifier: (node) => ts.isIdentifier(node) && !isPropertyName(ts, node),
    createWatchCompilerHost: (files, options, ...rest) =>
      ts.createWatchCompilerHost(files, { ...options, inlineSourceMap: true }, ...rest),
    transpileModule(source, { compilerOptions, ...rest }) {
      compiled = source;
      return ts.transpileModule(source, { ...rest, compilerOptions: { ...compilerOptions, inlineSourceMap: true } });
    },
  };

  const cells = new Map();
  const lost = new Map(); // name -> number of the failed cell that declares it
  let count = 0; // as in the prompt: [3]

  const converter = load("./dist/converter.js");
  const { createConverter } = converter;
  converter.createConverter = (options) => {
    const made = createConverter(options);
    const { convert } = made;
    made.convert = (declarations, source) => {
      const found = convert(declarations, source);
      for (const problem of found.diagnostics) problem.messageText += whoLost(lost, problem.messageText);
      if (!found.output) return found;
      cells.set(count, new Cell(count, source, [found.output, compiled].map(mapIn)));
      const output = `\n${found.output}\n//# sourceURL=cell:${count}`;
      // tslab knows top-level await by an error of the compiler, which has none for this loop.
      return { ...found, output, hasToplevelAwait: found.hasToplevelAwait || awaitsInLoop(ts, source) };
    };
    return made;
  };

  const executors = load("./dist/executor.js");
  const { createExecutor } = executors;
  executors.createExecutor = (folder, converters, { log, error }) => {
    // tslab gives it what was thrown, or a format and its arguments.
    const report = (first, ...rest) => (rest.length > 0 ? error(first, ...rest) : showError(first));
    const executor = createExecutor(folder, converters, { log, error: report });
    const { execute } = executor;
    executor.execute = async (source) => {
      const number = ++count;
      const ok = await execute(source);
      // A promise that nothing awaits and that is rejected at once says so below its own cell.
      await new Promise((resolve) => setImmediate(resolve));
      for (const name of declared(ts, source)) {
        if (ok) lost.delete(name);
        else lost.set(name, number);
      }
      return ok;
    };
    return executor;
  };

  const jupyter = load("./dist/jupyter.js");
  const showError = (thrown, remark = "") => {
    const frames = framesOf(thrown).map((text) => ({ text, ...placeOf(text) }));
    const first = frames.find(({ cell }) => cell);
    const here = frames.find(({ cell }) => cell?.number === count);
    const places = [...new Set([first, here])].filter(Boolean).map(({ cell, line }) => {
      const which = cell.number === count ? "this cell" : `cell [${cell.number}]`;
      return `line ${line} of ${which}: ${cell.lines[line - 1].trim().slice(0, 160)}\n`;
    });
    process.stderr.write(`${sentence(thrown)}\n${remark}${places.join("")}`);
    const lines = frames.map(({ cell, line, text }) =>
      cell ? text.replace(FRAME, `cell [${cell.number}], line ${line}`) : text,
    );
    const stack = [...lines, ...causesOf(thrown)].join("\n");
    if (stack) jupyter.lastWriteDisplayData?.({ data: fold(stack), metadata: {}, transient: {} }, false);
  };
  const placeOf = (frame) => {
    const [, number, line, column] = FRAME.exec(frame)?.map(Number) ?? [];
    const cell = cells.get(number);
    const found = cell?.lineOf(line, column);
    return found ? { cell, line: found } : {};
  };

  /** Call it once tslab has set its own listeners, which write a stack and no place. */
  return () => {
    process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => showError(error));
    process
      .removeAllListeners("unhandledRejection")
      .on("unhandledRejection", (reason) => showError(reason, "Nothing awaited this promise.\n"));
  };
};

/** The `total` of `const { total: t } = counts`, also without const. tslab takes it for the variable if the type is of an earlier cell,
 *  and writes `{ exports.total: t }`. */
const isPropertyName = (ts, node) => {
  const { parent } = node;
  if (!parent) return false;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return ts.isPropertyAssignment(parent) && parent.name === node;
};

const mapIn = (text) => {
  const last = text.lastIndexOf("base64,");
  return new SourceMap(JSON.parse(Buffer.from(text.slice(last + "base64,".length).trim(), "base64").toString()));
};

const sentence = (thrown) => {
  if (!types.isNativeError(thrown)) return `Thrown: ${inspect(thrown)}`;
  return thrown.message ? `${thrown.name}: ${thrown.message}` : thrown.name;
};

/** The lines `at …` of a stack without those of Node and of tslab. */
const framesOf = (thrown) =>
  types.isNativeError(thrown)
    ? String(thrown.stack)
        .split("\n")
        .filter((line) => /^ {4}at /.test(line) && !/[( ]node:|[\\/]tslab[\\/]/.test(line))
    : [];

const causesOf = ({ cause } = {}) =>
  types.isNativeError(cause) ? [`caused by ${sentence(cause)}`, ...framesOf(cause), ...causesOf(cause)] : [];

function fold(stack) {
  const safe = stack.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return {
    "text/html": `<details><summary>the stack</summary><pre>${safe}</pre></details>`,
    "text/plain": `\n${stack}`,
  };
}

/** Whether a cell has `for await` outside of functions and classes. */
function awaitsInLoop(ts, source) {
  const search = (node) =>
    (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
    (!ts.isFunctionLike(node) && !ts.isClassLike(node) && ts.forEachChild(node, search)) ||
    undefined; // goes on to the next
  return search(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022)) === true;
}

/** The names that a cell declares at top level. */
function declared(ts, source) {
  const names = [];
  const search = (node) => {
    if (node.name && ts.isIdentifier(node.name)) names.push(node.name.text);
    if (!ts.isFunctionLike(node) && !ts.isClassLike(node) && !ts.isBlock(node) && !ts.isObjectLiteralExpression(node))
      ts.forEachChild(node, search);
  };
  search(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022));
  return names;
}

/** " Cell [3], which declares it, …" where the compiler misses a name that a failed cell declares. */
function whoLost(lost, message) {
  const name = /^Cannot find name '(.+?)'/.exec(message)?.[1];
  if (!lost.has(name)) return "";
  const end = message.endsWith(".") ? "" : ".";
  return `${end} Cell [${lost.get(name)}] declares it, but failed, and a cell that fails keeps none of its names: mend it and run it again.`;
}
