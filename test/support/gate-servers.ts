import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach } from "@jest/globals";

/** Servers for the probes of gates. Each ends with the test that has started it, and so do its connections. */
export function useGateServers() {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function listen(server: Server, host: string, port: number): Promise<number> {
    const sockets: Socket[] = [];
    server.on("connection", (socket) => sockets.push(socket));
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    server.listen(port, host);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  return {
    /** Accepts connections, and says nothing. */
    tcp: (host = "127.0.0.1", port = 0) => listen(createServer(), host, port),
    http: (answer: RequestListener, host = "127.0.0.1") => listen(createHttpServer(answer), host, 0),
    /** Answers each question with a response code and addresses; with undefined it keeps silent. */
    async dns(answer: (count: number) => readonly [code: number, ...addresses: string[]] | undefined): Promise<number> {
      let count = 0;
      const socket = createSocket("udp4", (question, { address, port }) => {
        count++;
        const said = answer(count);
        if (said) socket.send(dnsReply(question, said[0], said.slice(1) as string[]), port, address);
      });
      closers.push(() => socket.close());
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      return socket.address().port;
    },
  };
}

/** RFC 1035: the question again, and A records that point to its name. */
function dnsReply(question: Buffer, code: number, addresses: readonly string[]): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8400 | code, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([header, question.subarray(12, end), ...records]);
}
