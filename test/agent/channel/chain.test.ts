import { describe, expect, test } from "@jest/globals";
import type { Agent } from "../../../provider/agent/channel/agent";
import { enter } from "../../../provider/agent/requests/enter";
import { withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const list = (...paths: string[]) => Buffer.from(paths.map((path) => `.//${path}\0`).join(""));
const about = (command: string, data: Buffer, ...more: string[]): [string, Buffer] => [
  [command, data.length, ...more].join(" "),
  data,
];

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a chain of requests to a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour }, async (made) => {
      host = made;
    });
    const inJail = async <T>(use: (agent: Agent) => Promise<T>): Promise<T> => {
      await host.must("rm -rf /srv/jail /var/lib/pulumi-chroot; mkdir -p /srv/jail; : >/srv/jail/file");
      const site = siteOn(host, "/srv/jail");
      return withAgent(site, async (agent) => {
        await agent.request("registry chain -x 5");
        await enter(agent);
        return use(agent);
      });
    };
    const names = () => host.must("cd /srv/jail; find . ! -name . | sort");

    test("does what follows only as long as what came before was done", async () => {
      const statuses = await inJail(async (agent) => {
        const chain = agent.chain();
        const replies = await Promise.all([
          chain.request(...about("mkdir", list("a"))),
          chain.request(...about("mkdir", list("file"))),
          chain.request(...about("mkdir", list("b"))),
          chain.attempts.request(...about("chmod", list("file"), "0600")),
        ]);
        return replies.map(({ status }) => status);
      });
      expect(statuses).toStrictEqual([0, 123, 254, 254]);
      expect(await names()).toBe("./a\n./file\n");
      expect(await host.must("stat -c %a /srv/jail/file")).toBe("644\n");
    });

    test("that is cut is told of with the moment of the first that has no answer, by all that follow", async () => {
      for (const [line, moment] of [
        ["put 99 note", "while writing the registry"],
        ["mkdir 99", "while repairing"],
        ["fill 99 0", "while putting files in place"],
      ] as const)
        await inJail(async (agent) => {
          const lost = Promise.allSettled([
            agent.chain().request(line),
            agent.request("names group 0"),
            agent.request("relax"),
          ]);
          await host.cut();
          for (const one of await lost)
            expect(one.status === "rejected" ? String(one.reason) : "done").toMatch(new RegExp(`\\(${moment}\\)`));
        });
    });

    test("goes on after what may fail, and is nothing to other chains and requests, whatever comes with them", async () => {
      const statuses = await inJail(async (agent) => {
        const [one, other] = [agent.chain(), agent.chain()];
        // The data of skipped requests looks like requests.
        const evil = Buffer.from("registry other -x 5\n+mkdir 4\n1+drop file\n");
        const replies = await Promise.all([
          one.attempts.request(...about("mkdir", list("file"))),
          one.request(...about("mkdir", list("of-one"))),
          other.request(...about("mkdir", list("file"))),
          one.request(...about("put", Buffer.from("text\n"), "note")),
          other.request(...about("put", evil, "evil")),
          other.request(...about("mkdir", list("of-other"))),
          agent.request(...about("mkdir", list("beside"))),
          one.request(...about("mkdir", list("last"))),
        ]);
        return replies.map(({ status }) => status);
      });
      expect(statuses).toStrictEqual([123, 0, 123, 0, 254, 254, 0, 0]);
      expect(await names()).toBe("./beside\n./file\n./last\n./of-one\n");
      expect(await host.must("cd /var/lib/pulumi-chroot/chain; cat note; ls")).toBe("text\nnote\n");
    });
  });
