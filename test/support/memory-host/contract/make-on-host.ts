import type { LabHost } from "../../sshd";
import { absolute, type Given } from "../entries";

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Makes the entries on a real host. */
export async function makeOnHost(host: LabHost, root: string, given: Given): Promise<void> {
  const lines = Object.entries(given).flatMap(([path, entry]) => {
    const [at, text] = [quoted(absolute(root, path)), quoted(entry.text)];
    const { uid, gid, mode, acl, capabilities } = entry;
    if (entry.is === "hard link") return [`ln ${quoted(absolute(root, entry.text))} ${at}`];
    const made = {
      directory: `mkdir -p ${at}`,
      file: `printf %s ${text} >${at}`,
      link: `ln -s ${text} ${at}`,
      fifo: `mkfifo ${at}`,
      c: `mknod ${at} c ${entry.text.replace(":", " ")}`,
      b: `mknod ${at} b ${entry.text.replace(":", " ")}`,
    }[entry.is];
    return [
      `${made} && chown -h ${uid}:${gid} ${at}`,
      ...(acl === undefined ? [] : [`setfacl -Pbk -m ${acl} ${at}`]),
      ...(entry.is === "link" ? [] : [`chmod 0${mode.toString(8).padStart(4, "0")} ${at}`]),
      ...(capabilities === undefined ? [] : [`setcap ${capabilities} ${at}`]),
    ];
  });
  await host.must(lines.map((line) => `${line} || exit`).join("\n"));
}
