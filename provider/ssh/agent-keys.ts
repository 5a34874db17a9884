import { connect } from "node:net";

/** A key that an agent has. */
export interface AgentKey {
  readonly blob: Buffer;
  readonly type: string;
}

/** Asks an agent for all of its keys (draft-miller-ssh-agent, 3.5): ssh2 omits keys that it cannot use. */
export function listAgentKeys(socket: string): Promise<AgentKey[]> {
  return new Promise((resolve, reject) => {
    const stream = connect(socket);
    let reply = Buffer.alloc(0);
    stream.on("connect", () => stream.write(Buffer.from([0, 0, 0, 1, 11])));
    stream.on("data", (data) => {
      reply = Buffer.concat([reply, data]);
      if (reply.length < 4 || reply.length < 4 + reply.readUInt32BE(0)) return;
      stream.destroy();
      if (reply[4] === 12) resolve(keysIn(reply.subarray(9)));
      else reject(new Error("refuses to tell its keys"));
    });
    stream.on("error", ({ code }: Error & { code?: string }) => {
      reject(
        new Error(code === "ENOENT" ? "is not there" : `does not answer (${code}): it has ended, or is another user's`),
      );
    });
    stream.on("close", () => reject(new Error("closes the connection")));
  });
}

function keysIn(list: Buffer): AgentKey[] {
  const keys: AgentKey[] = [];
  let at = 0;
  const next = () => {
    const length = at + 4 <= list.length ? list.readUInt32BE(at) : 0;
    at += 4 + length;
    return list.subarray(at - length, at);
  };
  while (at < list.length) {
    const blob = next();
    next(); // Skips the key's comment.
    const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
    keys.push({ blob, type: blob.subarray(4, 4 + length).toString("latin1") });
  }
  return keys;
}
