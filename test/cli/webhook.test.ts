import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { postReport } from "../../provider/cli/webhook";

describe("the webhook of a report", () => {
  let server: Server;
  let url: string;
  const received: { type: string | undefined; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        received.push({ type: request.headers["content-type"], body });
        response.writeHead(request.url?.startsWith("/full") ? 507 : 204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  test("gets the report as JSON", async () => {
    await postReport(`${url}/take?token=secret`, '{"version":1}');
    expect(received).toStrictEqual([{ type: "application/json", body: '{"version":1}' }]);
  });

  test("is refused where its URL is none of http, or has a password in it, without any part of it in the message", async () => {
    for (const wrong of ["hunter2", "data:text/plain,hunter2", "file:///hunter2", "ftp://a/hunter2"])
      await expect(postReport(wrong, "{}")).rejects.toThrow(/^the webhook is no URL: (?!.*hunter2)/);
    await expect(postReport("http://me:hunter2@127.0.0.1:9/a?hunter2", "{}")).rejects.toThrow(
      /^the webhook's URL has a user or a password in it(?!.*hunter2)/,
    );
  });

  test("that refuses or is not there is told by its host, without the secret in its URL", async () => {
    const { host } = new URL(url);
    await expect(postReport(`${url}/full?token=secret`, "{}")).rejects.toThrow(
      `the webhook at ${host} did not take the report: it answered with status 507`,
    );
    await expect(postReport("http://127.0.0.1:9/?token=secret", "{}")).rejects.toThrow(
      /^the webhook at 127\.0\.0\.1:9 did not take the report: (?!.*secret)/,
    );
  });
});
