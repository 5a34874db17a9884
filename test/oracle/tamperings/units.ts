import type { Make } from "./tampering";

/** Directories of units (systemd.unit(5)), the one of highest rank first, that a test's host can have; a unit of ours is in the fifth. */
const unitDirectories = [
  "/etc/systemd/system.control",
  "/run/systemd/system.control",
  "/run/systemd/transient",
  "/run/systemd/generator.early",
  "/etc/systemd/system",
  "/etc/systemd/system.attached",
  "/run/systemd/system",
  "/run/systemd/system.attached",
  "/run/systemd/generator",
  "/usr/lib/systemd/system",
  "/run/systemd/generator.late",
];
const wants = "/etc/systemd/system/multi-user.target.wants";
const higher = unitDirectories.slice(0, 4);

/** Changes how systemd reads the program's unit. */
function ofUnit(name: string, script: (unit: string, path: string) => string, undo?: string): Make {
  return ({ wrappers }) => {
    const [label, { path, kind } = { path: "", kind: "" }] = Object.entries(wrappers)[0] ?? [];
    if (label === undefined || kind !== "systemd") return undefined;
    const text = script(path.replace(/^.*\//, ""), path);
    const one = { name: `unit: ${name}`, script: text, on: [`Wrapper::${label}`], path };
    return undo === undefined ? one : { ...one, undo };
  };
}

const rights = "printf '[Service]\\nUser=root\\n'";

/** A drop-in of the unit, of all whose name begins alike, or of all services. */
const dropIns: Make[] = unitDirectories.flatMap((directory) =>
  ["oracle-one.service.d", "oracle-.service.d", "service.d"].map((name) => {
    const at = `${directory}/${name}`;
    return ofUnit(`${at}/x.conf`, () => `mkdir -p ${at}; ${rights} >${at}/x.conf`, `rm -r ${at}`);
  }),
);

const instead: Make[] = higher.map((directory) =>
  ofUnit(
    `another one in ${directory}`,
    (unit) => `mkdir -p ${directory}; ${rights} >${directory}/${unit}`,
    `rm -f ${directory}/oracle-one.service`,
  ),
);

export const units: Make[] = [
  (program, random) => random.pick(dropIns)(program, random),
  (program, random) => random.pick(instead)(program, random),
  (program, random) => {
    const made = ofUnit("disabled", (unit) => `rm ${wants}/${unit}`)(program, random);
    return made && { ...made, path: wants };
  },
  ofUnit("masked", (_, path) => `rm ${path}; ln -s /dev/null ${path}`, "rm -f /etc/systemd/system/oracle-one.service"),
  ofUnit("another text", (_, path) => `echo Nice=1 >>${path}`),
];
