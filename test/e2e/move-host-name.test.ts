import { describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift, useLab } from "../support/e2e";
import { inodesOf, movingJail } from "../support/moving-jail";

describe("a jail that moves", () => {
  const lab = useLab();

  test("to another name of the same host is neither replaced nor touched", async () => {
    const stack = await lab.stack();
    stack.declare(movingJail(lab, "/srv/name", lab.host.connection));
    ok(await stack.up());
    const [before, id] = [await inodesOf(lab.host, "/srv/name"), stack.resource("app").id];
    stack.declare(movingJail(lab, "/srv/name", { ...lab.host.connection, host: "localhost" }));
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "app") ?? "").toMatch(/host *: "127\.0\.0\.1" => "localhost"/);
    expect(shownDrift(preview, "app")).toBe(undefined);
    expect(preview).toMatch(/~ 2 to update\n +1 unchanged/);
    ok(await stack.up());
    expect(await inodesOf(lab.host, "/srv/name")).toBe(before);
    expect(stack.resource("app").id).toBe(id);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});
