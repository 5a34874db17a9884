import { after, before } from "node:test";
import { closeAll } from "../../provider/ssh/host";
import { type HostOptions, type LabHost, startHost } from "./sshd";

/**
 * One host for a file or a describe, made ready before its tests; it goes with them, and so do the provider's connections
 * to it.
 */
export function useHost(options: HostOptions, ready: (host: LabHost) => void | Promise<void>): void {
  let host: LabHost | undefined;
  before(async () => {
    host = await startHost(options);
    await ready(host);
  });
  after(async () => {
    await closeAll();
    await host?.close();
  });
}
