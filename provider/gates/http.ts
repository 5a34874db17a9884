import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getSafely } from "node:https";
import type { HttpCheck } from "../fleet/gate";
import { withoutQuery } from "../fleet/gate-name";
import { networkWords } from "./network-words";
import type { Failure, Target } from "./target";

/** Bytes of a body that are searched. */
const bodyLimit = 1_000_000;

/** Whether a web server answers with the status and the text. `address` is the host's, for `{host}`. */
export function httpTarget({ url: pattern, status = 200, contains }: HttpCheck, address = ""): Target {
  const url = new URL(pattern.replaceAll("{host}", address.includes(":") ? `[${address}]` : address));
  const get = url.protocol === "https:" ? getSafely : getPlain;
  return {
    at: withoutQuery(url.href),
    limit: 10_000,
    probe: (signal) =>
      new Promise((resolve) => {
        // A new connection for each check: an old one may lead to a server that is going away.
        const options = {
          agent: false,
          signal,
          headers: { "accept-encoding": "identity", "user-agent": "pulumi-chroot" },
        };
        const failed = (error: unknown) => resolve({ why: networkWords(error) });
        const request = get(url, options, (response) => {
          judge(response, status, contains)
            .then(resolve, failed)
            .finally(() => request.destroy());
        });
        request.on("error", failed);
      }),
  };
}

async function judge(
  response: IncomingMessage,
  status: number,
  contains: string | undefined,
): Promise<Failure | undefined> {
  if (response.statusCode !== status) return { why: `status ${response.statusCode}, not ${status}` };
  if (contains === undefined) return undefined;
  const wanted = Buffer.from(contains, "utf8");
  let read = 0;
  // The text may begin in one piece of the body and end in the next.
  let end = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const part = Buffer.concat([end, chunk.subarray(0, bodyLimit - read)]);
    if (part.includes(wanted)) return undefined;
    read += chunk.length;
    if (read >= bodyLimit) return { why: "the first megabyte of the body does not contain the text" };
    end = part.subarray(Math.max(0, part.length - wanted.length + 1));
  }
  return { why: "the body does not contain the text" };
}
