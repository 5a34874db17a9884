import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { readDevices, readPlaces, readSums } from "../../../provider/agent/requests/files";
import type { Bytes } from "../../../provider/model/bytes";

const strange = /cannot look at files.*prints a line that is not understood/;
const [one, two] = ["/etc/one" as Bytes, "/etc/two" as Bytes];
const live = "81a4 0 0 1 8:1 5";

test("a place of the host that is told in another way, or not at all, is not one where nothing is", () => {
  expect(readPlaces([["place", `${live} ${one}`]], [one]).get(one)?.live?.size).toBe(5);
  expect(readPlaces([["place", `- ${one}`]], [one]).get(one)).toStrictEqual({});
  for (const text of [`81a4 0 0 one 8:1 5 ${one}`, `-- ${one}`, `${live}`, "", `${live.replace("0 0", "0 -1")} ${one}`])
    assert.throws(() => readPlaces([["place", text]], [one]), strange, text);
  assert.throws(() => readPlaces([["place", `${live} ${one}`]], [one, two]), strange);
  const unread = readPlaces(
    [
      ["place", `? ${one}`],
      ["unread", "Stale file handle"],
      ["place", `- ${two}`],
    ],
    [one, two],
  );
  expect(unread.get(one)).toStrictEqual({ unsafe: { problem: "unreadable", told: "Stale file handle" } });
  expect(unread.get(two)).toStrictEqual({});
});

test("a sum or a device that is told in another way is not one of nothing", () => {
  const [path, hash] = [".//etc/a" as Bytes, "0".repeat(64)];
  const sums = (line: string) => readSums([`size 3 ${path}`, line, ""], ["etc/a" as Bytes]).get("etc/a" as Bytes);
  expect(sums(`${hash}  ${path}`)).toStrictEqual({ size: 3, sha256: hash });
  const odd = "etc/a\rb\\rc" as Bytes;
  const told = readSums([`size 3 .//${odd}`, `\\${hash}  .//etc/a\\rb\\\\rc`], [odd]);
  expect(told.get(odd)).toStrictEqual({ size: 3, sha256: hash });
  for (const line of [`${hash.slice(1)}  ${path}`, `SHA256 (${path}) = ${hash}`, `size -1 ${path}`])
    assert.throws(() => sums(line), strange, line);
  expect([...readDevices(["1:3 .//dev/null", "5:1 .//dev/a", "b"])]).toStrictEqual([
    ["dev/null", "1:3"],
    ["dev/a\nb", "5:1"],
  ]);
  for (const line of ["? .//dev/null", "1,3 .//dev/null", "1:3 dev/null"])
    assert.throws(() => readDevices([line]), strange, line);
});
