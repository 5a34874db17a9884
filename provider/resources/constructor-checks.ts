import * as pulumi from "@pulumi/pulumi";
import { printable } from "../model/bytes";
import { outputAsText } from "./argument-failures";
import { face } from "./face";
import { isLater } from "./secret-inputs";

/** Refuses options that would make the engine hide drift, or crash, and a name that is the text of an Output. */
export function expectOptions(kind: string, name: string, options: pulumi.CustomResourceOptions): void {
  // The SDK refuses a name that is no string.
  const text = String(name);
  const subject = `${kind} ${text.split("\n", 1)[0]}`;
  if (text.includes(outputAsText))
    throw new Error(printable(`${subject}: the name has an Output in it as text: give a plain string`));
  if (Object.entries(options).some(([key, value]) => key === "import" && value !== undefined))
    throw new Error(
      printable(
        `${subject}: Pulumi cannot import a dynamic resource: leave out the option import. pulumi up takes over existing entries; ` +
          "a Jail over a root that is not empty needs adopt: true",
      ),
    );
  const namesDrift = (paths: readonly string[] = []) =>
    paths.map(argumentOf).some((argument) => argument === "drift" || argument === "*");
  if (namesDrift(options.replaceOnChanges))
    throw new Error(
      printable(
        `${subject}: replaceOnChanges must not name drift: preview would replace a resource that pulumi up repairs. Name the arguments`,
      ),
    );
  if (namesDrift(options.ignoreChanges))
    throw new Error(
      printable(
        `${subject}: ignoreChanges must not name drift: preview would hide the drift that pulumi up repairs. ` +
          'To leave a field alone declare it "any"; to leave paths alone use the Jail\'s exclude',
      ),
    );
}

/** The argument that a property path begins with. */
function argumentOf(path: string): string {
  const [, bracketed, plain = ""] = /^\.?(?:\["([^"]*)"\]|([^.[]*))/.exec(path) ?? [];
  return bracketed ?? plain;
}

/**
 * Refuses ignoreChanges of an argument that the Jail is told: the Jail would go by the program and the resource by the old
 * value, so that neither holds some paths.
 */
export function expectNotIgnored(
  subject: string,
  { ignoreChanges = [] }: pulumi.CustomResourceOptions,
  told: readonly string[],
): void {
  const [name] = ignoreChanges.map(argumentOf).filter((argument) => argument !== "reason" && told.includes(argument));
  if (name === undefined) return;
  throw new Error(
    printable(
      `${subject}: ignoreChanges must not name ${name}: the Jail would use the program's value, and this resource the old one, ` +
        `so that neither holds some paths. Leave ${name} in the program as it is`,
    ),
  );
}

/** Refuses a resource that is no Jail of this package: its rules would not travel with it. */
export function expectReference(subject: string, jail: object): void {
  if (!pulumi.Resource.isInstance(jail)) return;
  const type = (jail as unknown as { readonly __pulumiType?: string }).__pulumiType;
  throw new Error(
    printable(
      type === face("Jail").type
        ? `${subject}: another copy of pulumi-chroot made this Jail: install the package once (npm ls pulumi-chroot shows the copies)`
        : `${subject}: jail is a resource of type ${type}: give a Jail, or its connection and root`,
    ),
  );
}

/** A program in plain JavaScript may leave out required arguments; the given ones are checked with all the rest. */
export function expectGiven(subject: string, args: object, name: string): void {
  const { [name]: value } = { ...args } as Readonly<Record<string, unknown>>;
  if (typeof value !== "object" || value === null)
    throw new Error(printable(`${subject}: ${name} is missing, or is not an object`));
}

/** Requires a resource's jail, which it has to know at once; the fields of the jail may come later. */
export function expectJail(subject: string, args: object): void {
  expectGiven(subject, args, "jail");
  const { jail } = args as { readonly jail: object };
  if (isLater(jail) || Array.isArray(jail))
    throw new Error(
      printable(
        `${subject}: jail is ${Array.isArray(jail) ? "a list" : "an Output or a Promise"}: give a Jail, or an object with connection and root, each of which may be an Output`,
      ),
    );
}
