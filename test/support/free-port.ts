import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that Linux hands out itself: nothing else takes one while its test has its server stopped. */
const [lowest, end] = [10_000, 32_768];

/** A TCP port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, end);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
