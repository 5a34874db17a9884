import { Client } from "ssh2";
import type { LabHost } from "../test/support/sshd";

/** Runs commands over a warm ssh2 connection and discards their output. No agent can be faster. */
export interface Bare {
  /** Runs the commands one after the other; milliseconds. */
  drain(commands: readonly string[]): Promise<number>;
  /** Runs one exec for all lists: it cuts each list from stdin for one command; milliseconds. */
  grouped(root: string, lists: readonly (readonly [string, Buffer])[]): Promise<number>;
  close(): void;
}

export async function bareClient(host: LabHost): Promise<Bare> {
  const client = new Client();
  const { host: name, port, user, privateKey } = host.connection;
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve).once("error", reject).connect({ host: name, port, username: user, privateKey });
  });
  client.setNoDelay(true);
  const exec = (command: string, stdin?: Buffer) =>
    new Promise<void>((resolve, reject) => {
      client.exec(command, (error, stream) => {
        if (error) return reject(error);
        let failed = "";
        stream.resume();
        stream.stderr.on("data", (data: Buffer) => {
          failed += data.toString();
        });
        stream.once("close", (code: number) => (code === 0 ? resolve() : reject(new Error(`${command}: ${failed}`))));
        stream.end(stdin);
      });
    });
  const timedly = async (work: () => Promise<void>) => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  return {
    drain: (commands) =>
      timedly(async () => {
        for (const command of commands) await exec(command);
      }),
    grouped: (root, lists) =>
      timedly(() => {
        const cuts = lists.map(
          ([command, list]) =>
            `dd bs=65536 count=${list.length} iflag=count_bytes,fullblock 2>/dev/null | xargs -0 -r ${command} --`,
        );
        return exec(`cd ${root} && ${cuts.join(" && ")}`, Buffer.concat(lists.map(([, list]) => list)));
      }),
    close: () => client.end(),
  };
}
