import { expect, test } from "vitest";
import { parseOptions } from "../../scripts/start/options.mjs";
import { command } from "./clone.js";

test.each([
  ...["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.1.2.3", "127.255.255.255"],
  ...["::1", "[::1]", "0:0:0:0:0:0:0:1", "::0001", "::ffff:127.0.0.1", "::FFFF:7f00:1"],
])("--host %s reaches this machine alone, so it may go without a token", (host) => {
  expect(parseOptions(["--host", host, "--token", ""], {})).toMatchObject({ token: "" });
});

test.each([
  ...[
    "127.evil.example",
    "127.0.0.1.evil.example",
    "127.",
    "127",
    "127.1",
    "127.0.0.1.",
    "127.0.0.256",
    "127.0.0.1:80",
  ],
  ...[
    "localhost.evil",
    "localhost..",
    "evil.localhost",
    "localhost@evil",
    "loc\u0430lhost",
    " localhost",
    "localhost\n",
  ],
  ...["2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "128.0.0.1", "1270.0.0.1", "0.0.0.0", ""],
  ...["::", "::2", "::1%eth0", "::ffff:128.0.0.1", "::127.0.0.1", "[::]", "[127.0.0.1", "fe80::1", "*", "example.org"],
])("--host %j may lead elsewhere, so an empty token is refused", (host) => {
  expect(() => parseOptions([`--host=${host}`, "--token="], {})).toThrow(/with an empty --token/);
});

test("--playground is a page for this machine alone: what is about the server of notebooks is refused", () => {
  expect(parseOptions(["--playground", "--port", "9000", "--no-browser"], {})).toMatchObject({
    playground: true,
    port: 9000,
  });
  expect(parseOptions([], {})).toMatchObject({ playground: false });
  for (const other of ["--host=0.0.0.0", "--token=x", "--token=", "--folder=.", "--fresh=04-routing"])
    expect(() => parseOptions(["--playground", other], {})).toThrow(
      new RegExp(`it goes without ${other.replace(/=.*/, "")}\\.`),
    );
});

test("the token comes from --token, else from TWINFORMER_TOKEN, else it is random; only the first is warned of", () => {
  const TWINFORMER_TOKEN = "from the environment";
  expect(parseOptions([], { TWINFORMER_TOKEN })).toMatchObject({ token: TWINFORMER_TOKEN, warning: null });
  const { token, warning } = parseOptions(["--token", "T"], { TWINFORMER_TOKEN });
  expect(token).toBe("T");
  expect(warning).toMatch(/every user of this machine can see the --token: set .* TWINFORMER_TOKEN instead/);
  expect(parseOptions(["--token", ""], { TWINFORMER_TOKEN })).toMatchObject({ token: "", warning: null });
  for (const env of [{}, { TWINFORMER_TOKEN: "" }]) {
    expect(parseOptions(["--host", "0.0.0.0"], env)).toMatchObject({ token: null, warning: null });
  }
});

test("the help names the variable, and says why", async () => {
  const run = command(["scripts/start.mjs", "--help"]);
  expect(await run.code).toBe(0);
  expect(run.output).toMatch(/--token T .*\n?.*Every user of this machine can see[^]*TWINFORMER_TOKEN/);
});
