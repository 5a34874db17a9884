import { expect, test } from "@jest/globals";
import { reportOn } from "../../../provider/engine/report/resource-report";
import { ChrootError, type ErrorCode } from "../../../provider/errors";

test("a report is marked where there was no host to speak to, and only there", async () => {
  const codes: ErrorCode[] = ["unreachable", "dropped", "silent", "authentication", "host-key", "not-root"];
  const reports = codes.map((code) =>
    reportOn({ token: "t", label: "Jail::named" }, async () => {
      throw new ChrootError(code, { what: "look", where: "root@ns1:/chroot", why: "a reason" });
    }),
  );
  const away = (await Promise.all(reports)).map(({ isAway = false }) => isAway);
  expect(away).toStrictEqual([true, true, true, false, false, false]);
});
