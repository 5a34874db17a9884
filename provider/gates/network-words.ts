import { messageOf } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ENOTFOUND: "its name has no address",
  EAI_AGAIN: "no name server answers for its name",
  EHOSTUNREACH: "there is no way to it from here",
  ENETUNREACH: "there is no way to its network from here",
  // OpenSSL, for an answer that is not TLS.
  EPROTO: "it does not speak TLS",
  ETIMEDOUT: "no answer",
};

/** The words for a failed connection. */
export function networkWords(error: unknown): string {
  const { code = "" } = error as { readonly code?: string };
  return words[code] ?? showRemote(bytesOf(messageOf(error)), 200);
}
