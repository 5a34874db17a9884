import { describe, expect, test } from "@jest/globals";
import { useBusyboxJail } from "../support/busybox-jail";
import { failed, ok, shownDrift } from "../support/e2e";

describe("the life of a jail on a host that has nothing but BusyBox", () => {
  const { shared, declaration, clean } = useBusyboxJail({ isMade: true });

  test("is refused what needs tools that the host does not have, by name", async () => {
    const { stack } = shared;
    stack.declare(
      declaration({
        acl: { jail: "app", match: "etc", acl: ["user:www:rX"] },
        caps: { jail: "app", match: "etc/conf", capabilities: "cap_kill=ep" },
      }),
    );
    const preview = ok(await stack.preview("--diff"));
    const why = (name: string) => shownDrift(preview, name, "create")?.["(host)"] ?? "";
    expect(why("acl")).toMatch(
      /^refused: it declares an ACL, but the host has no getfacl or setfacl: install acl there/,
    );
    expect(why("caps")).toMatch(
      /^refused: it declares capabilities, but the host has no getcap or setcap: install libcap/,
    );
    expect(failed(await stack.up())).toMatch(/(acl|caps) is refused: .*the host has no get(facl|cap)/);
    stack.declare(declaration());
    ok(await stack.up());
    await clean();
  });
});
