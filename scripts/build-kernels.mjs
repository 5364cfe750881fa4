// Builds kernels/ (Rust) into the WebAssembly modules that the package carries.
//
//   node scripts/build-kernels.mjs            writes kernels/dist/*.wasm, its manifest.json, lib/kernels/modules.generated.ts
//   node scripts/build-kernels.mjs --check    rebuilds elsewhere and compares; writes nothing into the project
//
// --check fails if the sources are not those of the committed modules. With the same rustc the bytes must match; with
// another, the rebuilt modules must pass test/kernels. Without a Rust that can target WebAssembly it compares hashes
// only and says so (that is an error where CI=true).
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const crate = path.join(root, "kernels");
const dist = path.join(crate, "dist");
const inlined = path.join(root, "lib/kernels/modules.generated.ts");
const target = "wasm32-unknown-unknown";

/** One source, two builds. */
const builds = { simd: "+simd128", relaxed: "+simd128,+relaxed-simd" };
/** rustc's flags for our crate, whatever the machine. */
const flags = [
  // Loop strength reduction turns each constant offset of a load into an addition: the register tile halves its speed.
  "-Cllvm-args=-disable-lsr",
  // Loops of unknown length are not written out four times over: half a kB zipped, and no kernel is slower.
  "-Cllvm-args=-unroll-runtime=0",
  ...[
    // One memory for all builds and all tensors, made by TypeScript. A memory that threads share must have a maximum.
    ...["--no-entry", "--import-memory", "--max-memory=4294967296"],
    // The stack comes first, so that an overflow traps; each further thread sets the pointer to a stack of its own.
    ...["--stack-first", "-zstack-size=65536", "--export=__stack_pointer"],
  ].map((flag) => `-Clink-arg=${flag}`),
];

const fileName = (name) => `kernels.${name}.wasm`;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** What the modules are made from: the crate's sources and settings, and the flags above. Line ends do not count. */
export function sourceHash() {
  const files = [
    ...["Cargo.toml", "Cargo.lock", "build.rs", ".cargo/config.toml"].filter((file) =>
      existsSync(path.join(crate, file)),
    ),
    ...readdirSync(path.join(crate, "src"), { recursive: true })
      .filter((file) => file.endsWith(".rs"))
      .map((file) => `src/${file.replaceAll("\\", "/")}`)
      .sort(),
  ];
  const texts = files.map(
    (file) => `${file}\n${readFileSync(path.join(crate, file), "utf8").replaceAll("\r\n", "\n")}`,
  );
  return sha256([...texts, JSON.stringify({ builds, flags })].join("\n"));
}

/** A Rust that can compile for WebAssembly here: { rustc, cargo, cargoFlags, env }, or null. */
function findToolchain() {
  const env = { ...process.env };
  delete env.RUSTFLAGS;
  const configured = {
    rustc: env.RUSTC ?? "rustc",
    cargo: env.CARGO ?? "cargo",
    cargoFlags: splitShell(env.RUST_WASM_CARGO_FLAGS ?? ""),
    env,
  };
  if (configured.cargoFlags.length > 0 && version(configured)) return configured;
  if (version(configured) && hasTarget(configured)) return configured;

  // Debian's rustc-web and rust-web-src, as scripts/setup/rust-wasm.sh installs them: `core` is built from its sources.
  const vendor = "/usr/lib/rustlib/src/rust/library/vendor";
  const debian = {
    rustc: "/usr/bin/rustc",
    cargo: "/usr/bin/cargo",
    cargoFlags: [
      "-Zbuild-std=core,panic_abort",
      ...["--config", "source.crates-io.replace-with='debian-std-vendor'"],
      ...["--config", `source.debian-std-vendor.directory='${vendor}'`],
    ],
    env: { ...env, RUSTC_BOOTSTRAP: "1", CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: "/usr/bin/wasm-ld" },
  };
  const parts = [debian.rustc, debian.cargo, vendor, "/usr/bin/wasm-ld"];
  return parts.every((part) => existsSync(part)) && version(debian) ? debian : null;
}

/** Splits a command line at spaces outside single quotes (which stay: TOML strings need them). */
function splitShell(line) {
  return line.match(/(?:[^\s']|'[^']*')+/g) ?? [];
}

function version(toolchain) {
  const run = spawnSync(toolchain.rustc, ["-V"], { encoding: "utf8", env: toolchain.env });
  return run.status === 0 ? run.stdout.trim() : null;
}

function hasTarget(toolchain) {
  const run = spawnSync(toolchain.rustc, ["--print", "target-libdir", "--target", target], {
    encoding: "utf8",
    env: toolchain.env,
  });
  return run.status === 0 && existsSync(run.stdout.trim());
}

/** Compiles all builds; returns { name: bytes }. Work files go to the system's temporary folder. */
function compile(toolchain) {
  const work = mkdtempSync(path.join(tmpdir(), "kernels-"));
  try {
    const cargoHome = process.env.CARGO_HOME ?? path.join(homedir(), ".cargo");
    const modules = {};
    for (const [name, features] of Object.entries(builds)) {
      const cargoArguments = ["rustc", "--quiet", "--release", "--locked", "--target", target, "--target-dir", work];
      const rustcFlags = [
        `-Ctarget-feature=${features}`,
        ...flags,
        `--remap-path-prefix=${crate}=kernels`,
        `--remap-path-prefix=${cargoHome}=cargo`,
      ];
      execFileSync(toolchain.cargo, [...cargoArguments, ...toolchain.cargoFlags, "--", ...rustcFlags], {
        cwd: crate,
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...toolchain.env, RUSTC: toolchain.rustc },
      });
      modules[name] = readFileSync(path.join(work, target, "release", "twinformer_kernels.wasm"));
      checkSections(name, modules[name]);
    }
    return modules;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Two builds share one memory, so neither may have data in it: a second instance would overwrite the first's. */
function checkSections(name, bytes) {
  const ids = sectionIds(bytes);
  if (ids.includes(11)) throw new Error(`the ${name} build has a data section; keep statics out of kernels/src`);
  if (ids.includes(0)) throw new Error(`the ${name} build has custom sections; strip them`);
}

function sectionIds(bytes) {
  const ids = [];
  for (let at = 8; at < bytes.length;) {
    ids.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}

function write(toolchain) {
  const modules = compile(toolchain);
  mkdirSync(dist, { recursive: true });
  const manifest = { sourceHash: sourceHash(), rustc: version(toolchain), flags, modules: {} };
  for (const [name, bytes] of Object.entries(modules)) {
    writeFileSync(path.join(dist, fileName(name)), bytes);
    manifest.modules[fileName(name)] = { features: builds[name], bytes: bytes.length, sha256: sha256(bytes) };
    console.log(`kernels: ${fileName(name)}, ${bytes.length} bytes`);
  }
  writeFileSync(path.join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
  writeFileSync(inlined, inlinedText(modules));
}

/** Bytes in a piece of a module: with the other module's piece at the same place, it fits into the 32 kB that zip looks back. */
const PIECE = 10_000;
/** Characters from # to ~, of which the text is made, and how many of them are a byte each. */
const [FIRST, CHARACTERS, SINGLE] = [35, 92, 75];

/** lib/kernels/modules.generated.ts: the modules as text, which lib/kernels/moduleBytes.ts reads. */
function inlinedText(modules) {
  const names = Object.keys(modules);
  const count = new Array(256).fill(0);
  for (const name of names) for (const byte of modules[name]) count[byte]++;
  const common = [...count.keys()]
    .sort((a, b) => count[b] - count[a])
    .slice(0, SINGLE)
    .sort((a, b) => a - b);
  const others = [...count.keys()].filter((byte) => !common.includes(byte));

  const character = (i) => String.fromCharCode(FIRST + i);
  const texts = count.map((_, byte) => {
    const rank = others.indexOf(byte);
    if (rank < 0) return character(common.indexOf(byte));
    return character(SINGLE + Math.floor(rank / CHARACTERS)) + character(rank % CHARACTERS);
  });
  const piece = (name, at) =>
    JSON.stringify(Array.from(modules[name].subarray(at, at + PIECE), (b) => texts[b]).join(""));
  const pieces = [];
  for (let at = 0; names.some((name) => at < modules[name].length); at += PIECE)
    for (const name of names) pieces.push(`  ${piece(name, at)},`);
  return [
    "// Written by scripts/build-kernels.mjs from kernels/src: do not edit.",
    "// The modules of kernels/dist as text, so that loading the package reads no file and awaits nothing: the most common bytes are",
    "// one character each, all others two. Zipped, that is an eighth smaller than hexadecimal digits, and half of base64, in which no",
    "// two equal instructions look alike. Pieces of the builds take turns, since zip sees that they are nearly the same.",
    `export const [first, characters] = [${FIRST}, ${CHARACTERS}];`,
    `export const common = [${common.join(", ")}];`,
    "const pieces = [",
    ...pieces,
    "];",
    `const build = (which: number): string => pieces.filter((_, i) => i % ${names.length} === which).join("");`,
    ...names.map((name, which) => `export const ${name} = /* @__PURE__ */ build(${which});`),
    "",
  ].join("\n");
}

/** Returns a sentence if something is wrong, else null. */
function check(toolchain) {
  const manifest = JSON.parse(readFileSync(path.join(dist, "manifest.json"), "utf8"));
  if (manifest.sourceHash !== sourceHash()) {
    return "kernels/dist is older than kernels/src or the build flags: run `npm run kernels` and commit the result";
  }
  for (const name of Object.keys(builds)) {
    const bytes = readFileSync(path.join(dist, fileName(name)));
    if (sha256(bytes) !== manifest.modules[fileName(name)]?.sha256) {
      return `kernels/dist/${fileName(name)} is not the module of manifest.json: run \`npm run kernels\``;
    }
  }
  const committed = Object.keys(builds).map((name) => [name, readFileSync(path.join(dist, fileName(name)))]);
  if (readFileSync(inlined, "utf8").replaceAll("\r\n", "\n") !== inlinedText(Object.fromEntries(committed))) {
    return "lib/kernels/modules.generated.ts does not carry the modules of kernels/dist: run `npm run kernels`";
  }
  if (!toolchain) {
    const sentence =
      "no Rust that compiles to WebAssembly was found, so the modules were compared by hash only, not rebuilt";
    if (process.env.CI === "true") return sentence;
    console.log(`kernels: ${sentence}`);
    return null;
  }
  const modules = compile(toolchain);
  const rustc = version(toolchain);
  if (rustc === manifest.rustc) {
    for (const name of Object.keys(builds)) {
      if (sha256(modules[name]) !== manifest.modules[fileName(name)].sha256) {
        return `${rustc} makes another ${fileName(name)} from the same sources: run \`npm run kernels\` and look at what differs`;
      }
    }
    console.log(`kernels: rebuilt with ${rustc}, the same bytes`);
    return null;
  }
  const folder = mkdtempSync(path.join(tmpdir(), "kernels-rebuilt-"));
  try {
    for (const name of Object.keys(builds)) writeFileSync(path.join(folder, fileName(name)), modules[name]);
    console.log(`kernels: rebuilt with ${rustc}, committed with ${manifest.rustc}: testing the rebuilt modules`);
    const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
    const run = spawnSync(process.execPath, [vitest, "run", "test/kernels"], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, TWINFORMER_KERNELS: folder },
    });
    return run.status === 0 ? null : "the modules rebuilt with this rustc fail test/kernels";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main() {
  const toolchain = findToolchain();
  if (process.argv.includes("--check")) return check(toolchain);
  if (!toolchain) {
    return "no Rust that compiles to WebAssembly: `rustup target add wasm32-unknown-unknown`, or on Debian `. scripts/setup/rust-wasm.sh`";
  }
  write(toolchain);
  return null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = main();
  if (problem) {
    console.error(`kernels: ${problem}`);
    process.exitCode = 1;
  }
}
