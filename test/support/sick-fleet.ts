import { afterAll, beforeAll } from "@jest/globals";
import { type Lab, useLab } from "./e2e";
import type { LabConnection } from "./sshd";
import { type Line, lineTo } from "./tcp-proxy";

/** Loopback addresses of one sshd, which stand for hosts; with its own 127.0.0.1 it listens on 16, and takes no more. */
const addresses = Array.from({ length: 15 }, (_, index) => `127.0.1.${index + 1}`);

/** The names of hosts by their kind, each with a jail /srv/NAME. */
export const healthy = Array.from({ length: 16 }, (_, index) => `ns${index + 1}`);
export const away = ["away1", "away2"];

export interface SickFleet {
  readonly lab: Lab;
  /** All 20 hosts, in health. */
  connections(): Readonly<Record<string, LabConnection & { perDialTimeout?: number }>>;
  /** From now on nothing answers on two hosts, and `hangs` swallows what it gets. */
  sicken(): void;
  /** Cuts the line to `middle` at the first exchange at which this is true. */
  cutMiddle(when: () => boolean): void;
}

/** A fleet of which a tenth is away, one host hangs, and one fails in the middle. To be called in a describe. */
export function useSickFleet(): SickFleet {
  const lab = useLab({
    sshdConfig: ["MaxStartups 100", ...addresses.map((address) => `ListenAddress ${address}`)],
  });
  const lines = new Map<string, Line>();
  const line = (name: string): Line => {
    const found = lines.get(name);
    if (!found) throw new Error(`no line to ${name}`);
    return found;
  };
  beforeAll(async () => {
    for (const name of [...away, "hangs", "middle"]) lines.set(name, await lineTo(lab.host.port));
    await lab.host.must([...healthy, ...away, "hangs", "middle"].map((name) => `mkdir -p /srv/${name}`).join("\n"));
  });
  afterAll(() => {
    for (const one of lines.values()) one.close();
  });
  return {
    lab,
    connections() {
      const { connection } = lab.host;
      const good = ["127.0.0.1", ...addresses].map((host, index) => [healthy[index], { ...connection, host }] as const);
      const others = [...lines].map(([name, { port }]) => [name, { ...connection, port, perDialTimeout: 5 }] as const);
      return Object.fromEntries([...good, ...others]);
    },
    sicken() {
      for (const name of away) line(name).close();
      line("hangs").reset();
      line("hangs").trouble = { hole: 1 };
    },
    cutMiddle(when) {
      line("middle").reset();
      line("middle").trouble = { cutWhen: when };
    },
  };
}
