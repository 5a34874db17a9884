import { afterAll, beforeAll } from "@jest/globals";
import "../matchers";
import { type MemoryHost, type MemoryOptions, startMemoryHost, stopMemoryHost } from "./memory-host";

/** One host in memory for a file or a describe, made ready before its tests; it goes with them. */
export function useMemoryHost(options: MemoryOptions, ready: (host: MemoryHost) => void): void {
  let host: MemoryHost | undefined;
  beforeAll(() => {
    host = startMemoryHost(options);
    ready(host);
  });
  afterAll(() => {
    if (!host) return;
    stopMemoryHost(host);
    // A caller may have passed over the error of its request.
    if (host.broken.length > 0) throw new Error(host.broken.join("\n"));
  });
}
