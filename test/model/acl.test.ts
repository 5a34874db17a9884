import assert from "node:assert/strict";
import test from "node:test";
import { readAcl, resolveAcl } from "../../provider/model/acl";

test("an ACL of default entries alone leaves the group to the mode, as it is declared", () => {
  const printed = [
    "user::rwx",
    "group::r-x",
    "other::r-x",
    "default:user::rwx",
    "default:user:7:r-x",
    "default:group::r-x",
  ];
  const lines = [...printed, "default:mask::r-x", "default:other::r-x"];
  assert.deepEqual(readAcl(lines), resolveAcl("default:user:7:rx", 0o755, true, () => undefined).acl);
});

test("with access entries the group's own permissions are told, as the mode shows the mask", () => {
  const lines = ["user::rw-", "user:7:rw-", "group::r--", "mask::rw-", "other::---"];
  assert.deepEqual(readAcl(lines), ["group::r--", "user:7:rw-"]);
  assert.deepEqual(
    resolveAcl("user:7:rw", 0o640, false, () => undefined),
    { acl: readAcl(lines), mask: 6 },
  );
});
