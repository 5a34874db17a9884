import { afterAll, beforeAll } from "@jest/globals";
import { closeAll } from "./connections";
import { type HostOptions, type LabHost, startHost } from "./sshd";

/**
 * One host for a file or a describe, made ready before its tests; it goes with them, and so do the provider's connections
 * to it.
 */
export function useHost(options: HostOptions, ready: (host: LabHost) => void | Promise<void>): void {
  let host: LabHost | undefined;
  beforeAll(async () => {
    host = await startHost(options);
    await ready(host);
  });
  afterAll(async () => {
    await closeAll();
    await host?.close();
  });
}
