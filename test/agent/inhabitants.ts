import { once } from "node:events";
import { compileInto } from "../support/compile";
import type { LabHost } from "../support/sshd";

const program = "/opt/inhabitant";

/** Compiles the program that tests run in jails into a host. It starts outside, with the host's libraries. */
export function installInhabitant(host: LabHost): void {
  compileInto(host, "agent/inhabitant.c", program);
}

/** A process in a jail, by its number on the host. */
export interface Inhabitant {
  readonly pid: number;
  end(): Promise<void>;
}

/** Starts one. It has executed its arguments when this returns, and ends with the host at the latest. */
export async function startInhabitant(
  host: LabHost,
  args: string,
  options: { env?: Readonly<Record<string, string>>; path?: string; more?: readonly string[] } = {},
): Promise<Inhabitant> {
  const { env = {}, path = program, more = [] } = options;
  const child = host.spawn([path, ...args.split(" "), ...more], { env });
  const pid = await new Promise<number>((resolve, reject) => {
    child.stdout?.once("data", (data: Buffer) => resolve(Number.parseInt(data.toString(), 10)));
    child.stderr?.once("data", (data: Buffer) => reject(new Error(data.toString())));
    child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
  });
  // One whose first thread has ended is a zombie for everybody else: it is killed by its number.
  const end = async () => {
    const closed = once(child, "close");
    await host.must(`kill -KILL ${pid}`);
    await closed;
  };
  return { pid, end };
}
