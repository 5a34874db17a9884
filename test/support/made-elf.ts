/** The fields of an ELF file made for a test. */
export interface Made {
  readonly bits?: 32 | 64;
  readonly machine?: number;
  /** e_type: 2 a program, 3 a library or a program, 1 an object file. */
  readonly type?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  readonly audit?: string;
  readonly depaudit?: string;
}

const tags = { needed: 1, soname: 14, rpath: 15, runpath: 29, audit: 0x6ffffefc, depaudit: 0x6ffffefb };

/** The address of the one segment in memory: addresses are not offsets. */
const base = 0x10000;

/** A file with the headers, the dynamic section and the strings of an ELF file, and no code. */
export function madeElf({ bits = 64, machine = 62, type = 3, interpreter, ...dynamic }: Made): Buffer {
  const word = bits / 8;
  let strings = "\0";
  const entries = Object.entries(tags).flatMap(([name, tag]) =>
    [dynamic[name as keyof typeof tags] ?? []].flat().map((text) => {
      const at = strings.length;
      strings += `${text}\0`;
      return [tag, at];
    }),
  );
  const isDynamic = entries.length > 0;
  const [header, each] = bits === 64 ? [64, 56] : [52, 32];
  const count = 1 + (interpreter === undefined ? 0 : 1) + (isDynamic ? 1 : 0);
  const loaderAt = header + count * each;
  const loader = interpreter === undefined ? "" : `${interpreter}\0`;
  const stringsAt = loaderAt + loader.length;
  const dynamicAt = Math.ceil((stringsAt + strings.length) / 8) * 8;
  entries.push([5, base + stringsAt], [10, strings.length], [0, 0]);
  const file = Buffer.alloc(dynamicAt + (isDynamic ? entries.length * 2 * word : 0));
  const put = (at: number, value: number, size: number) => {
    if (size === 8) file.writeBigUInt64LE(BigInt(value), at);
    else file.writeUIntLE(value, at, size);
  };
  file.write(`\x7fELF${bits === 64 ? "\x02" : "\x01"}\x01\x01`, "latin1");
  put(16, type, 2);
  put(18, machine, 2);
  put(bits === 64 ? 32 : 28, header, word);
  put(bits === 64 ? 54 : 42, each, 2);
  put(bits === 64 ? 56 : 44, count, 2);
  const segments = [
    [1, 0, file.length],
    ...(interpreter === undefined ? [] : [[3, loaderAt, loader.length]]),
    ...(isDynamic ? [[2, dynamicAt, entries.length * 2 * word]] : []),
  ];
  segments.forEach(([kind = 0, at = 0, length = 0], index) => {
    const start = header + index * each;
    put(start, kind, 4);
    put(start + word, at, word);
    put(start + 2 * word, base + at, word);
    put(start + 4 * word, length, word);
  });
  file.write(loader + strings, loaderAt, "latin1");
  if (isDynamic)
    entries.flat().forEach((value, index) => {
      put(dynamicAt + index * word, value, word);
    });
  return file;
}
