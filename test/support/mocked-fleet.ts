import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would register it, in the order of the calls. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Registers everything with mocks: a resource gets `changed` as if `up` had created it, and its drift by its name. */
export async function mockEngine(
  isPreview: boolean,
  drifts: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type: type.replace("pulumi-nodejs:dynamic/chroot:", ""), name, inputs });
        return {
          id: `id-${name}`,
          state: { ...inputs, drift: drifts[name] ?? {}, __changed: "2026-12-01T00:00:00.000Z", passed: "now" },
        };
      },
      call: () => ({}),
    },
    "proj",
    "dev",
    isPreview,
  );
  return registered;
}

/** The value of an Output, once everything before it is registered. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value)));
}
