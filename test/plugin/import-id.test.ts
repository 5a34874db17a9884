import { expect, test } from "@jest/globals";
import { readImportId } from "../../provider/plugin/import-id";

test.each([
  ["root@ns1:2222:/srv/app//etc/*.conf", { host: "ns1", port: 2222, user: "root" }, "/srv/app", "etc/*.conf"],
  ["ns1.example.com:/srv/app", { host: "ns1.example.com" }, "/srv/app", undefined],
  ["a-b@[2001:db8::1]:22:/srv", { host: "2001:db8::1", port: 22, user: "a-b" }, "/srv", undefined],
  ["ns1:/srv/app///etc/jails/daemon", { host: "ns1" }, "/srv/app", "/etc/jails/daemon"],
])("%s names a resource", (id, connection, root, place) => {
  expect(readImportId(id)).toStrictEqual({ connection, root, place });
});

test.each(["", "0a34b58c4a563b81e17a418c9c8f1d99", "/srv/app", "ns1", "ns1:srv", "root@:22:/srv", "a@b@c:/srv"])(
  "%j names none, and is told the form",
  (id) => {
    expect(() => readImportId(id)).toThrow(`"${id}" names no resource: give user@host:port:/root of a Jail`);
  },
);

test("bytes of a terminal do not reach it", () => {
  expect(() => readImportId("\x1b[2Jé")).toThrow('"\\x1b[2Jé" names no resource');
});
