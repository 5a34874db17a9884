import { expect, test } from "@jest/globals";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Course } from "../../provider/rollout/course";

const jail = "urn:pulumi:dev::dns::pulumi-nodejs:dynamic/chroot:Jail::named";

function errorOf(...messages: readonly (readonly [urn: string, message: string])[]): string | undefined {
  const course = new Course();
  for (const [urn, message] of messages)
    course.add({ diagnosticEvent: { urn, message, prefix: "", color: "never", severity: "error" } } as EngineEvent);
  return course.error;
}

test("the error of a run is a resource's, with its reason and its remedy", () => {
  const failed = "update failed\n";
  expect(errorOf()).toBe(undefined);
  expect(errorOf(["", failed])).toBe(failed);
  expect(errorOf(["", failed], [jail, "cannot connect: root@a:/srv: refused\nlook at the host\n"])).toBe(
    "Jail::named: cannot connect: root@a:/srv: refused; look at the host",
  );
});

test("the reason of a resource that is half made is no list, and no reason has a stack trace", () => {
  const half = "1 error occurred:\n\t* lost the host: root@a:/srv: it was cut\nrun the command again\n\n\n";
  expect(errorOf([jail, half])).toBe("Jail::named: lost the host: root@a:/srv: it was cut; run the command again");
  const thrown = "TypeError: x is undefined\n    at f (/srv/index.js:1:2)\n    at g\n";
  expect(errorOf([jail, thrown])).toBe("Jail::named: TypeError: x is undefined");
});
