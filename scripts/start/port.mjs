import { createServer } from "node:net";
import { Problem } from "../setup/run.mjs";

/** Null where a server can listen on host:port, else the system's error code ("EADDRINUSE", ...). */
export function portProblem(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(error.code));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The port to listen on: the wanted one or a sentence that says why not; without a wish the first free one from 8888 on. */
export async function choosePort(host, wanted) {
  const first = wanted ?? 8888;
  const last = wanted ?? first + 50;
  let problem;
  for (let port = first; port <= last; port++) {
    problem = await portProblem(host, port);
    if (problem === null) return port;
    if (problem !== "EADDRINUSE" && wanted === null) break; // a host that is wrong is wrong on every port
  }
  const reasons = {
    EADDRINUSE:
      wanted === null
        ? `Ports ${first} to ${last} are all in use: end one of those servers, or choose another with --port N.`
        : `Port ${wanted} is in use: end the program that listens there, or choose another with --port N.`,
    EACCES: `Port ${first} may not be used by you (ports below 1024 are the system's): choose another with --port N.`,
    EADDRNOTAVAIL: `This machine has no address ${host}: give one of its own with --host.`,
    ENOTFOUND: `The host name ${host} is unknown: give an address of this machine with --host.`,
  };
  throw new Problem(reasons[problem] ?? `Cannot listen on ${host}:${first} (${problem}).`);
}
