import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Values } from "./dynamic-provider";
import type { LabHost } from "./sshd";

/** What a release has stored of one resource: in the state, and in the host's registry. */
export interface Stored {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly record: Values;
}

/** What a release has stored, of a real `up`. Only the host is another one now. */
export async function storedState(
  name: string,
  host: LabHost,
  connection: Values,
): Promise<{ registry: string; resources: Stored[] }> {
  const file = join(__dirname, "..", "..", "..", "test", "fixtures", "state", `${name}.json`);
  const machine = (await host.must("cat /etc/machine-id")).trim();
  return JSON.parse(readFileSync(file, "utf8"), (key, value) => {
    if (key === "connection") return connection;
    return key === "machine" || key === "machineId" ? machine : value;
  });
}
