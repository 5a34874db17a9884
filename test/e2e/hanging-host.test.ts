import { describe, expect, test } from "@jest/globals";
import { useSickHost } from "../support/sick-host";

describe("a host that does not answer", () => {
  const scene = useSickHost();
  const { sick } = scene;

  test("is given up after perDialTimeout when it hangs", async () => {
    const { other } = scene;
    other.freeze();
    try {
      expect(await sick()).toMatch(/^not checked: no answer for 2 s \(.*\); .*perDialTimeout/);
    } finally {
      other.thaw();
    }
  });
});
