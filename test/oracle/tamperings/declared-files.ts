import { type Make, q } from "./tampering";

/** Every change of one declared file or link. */
function ofDeclared(name: string, script: (at: string, isLink: boolean) => string | undefined): Make {
  return (program, random) => {
    const files = Object.entries(program.files);
    if (files.length === 0) return undefined;
    const [label, { path, symlinkTo }] = random.pick(files);
    const text = script(path, symlinkTo !== undefined);
    if (text === undefined) return undefined;
    return {
      name: `${name} ${path}`,
      script: text,
      on: [`JailFile::${label}`],
      path,
      undo: `[ ! -d ${q(path)} ] || [ -L ${q(path)} ] || rm -r ${q(path)}`,
    };
  };
}

export const declaredFiles: Make[] = [
  ofDeclared("removed", (at) => `rm -f ${q(at)}`),
  ofDeclared("another content", (at, isLink) => (isLink ? undefined : `echo more >>${q(at)}`)),
  ofDeclared("another content of the same size and time", (at, isLink) =>
    isLink
      ? undefined
      : `touch -r ${q(at)} /tmp/time; printf X | dd of=${q(at)} bs=1 conv=notrunc 2>/dev/null; touch -r /tmp/time ${q(at)}`,
  ),
  ofDeclared("a link in place of", (at) => `rm -f ${q(at)}; ln -s /etc/passwd ${q(at)}`),
  ofDeclared("a directory in place of", (at) => `rm -f ${q(at)}; mkdir ${q(at)}`),
  ofDeclared("a FIFO in place of", (at) => `rm -f ${q(at)}; mkfifo ${q(at)}`),
];
