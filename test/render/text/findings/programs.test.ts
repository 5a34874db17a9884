import type { ProgramProblem } from "../../../../provider/intent/program-problem";
import { fromWire } from "../../../../provider/model/bytes";
import { programSentences } from "../../../../provider/render/text/findings/programs";
import { checkSentences } from "./check-sentences";

const loader = fromWire("/lib/ld.so");
const library = fromWire("liba.so");
const path = fromWire("/opt/liba.so");

checkSentences<ProgramProblem>("a program", programSentences, {
  "no-elf": [[{}, "is no ELF file"]],
  "elf-unreadable": [
    [{ part: "program header" }, "is a damaged ELF file: a program header cannot be read"],
    [{ part: "loader" }, "is a damaged ELF file: its loader cannot be read"],
  ],
  "elf-bits-unknown": [[{}, "is a damaged ELF file: neither of 32 nor of 64 bits"]],
  "elf-header-size": [[{}, "is a damaged ELF file: its program headers have another size"]],
  "elf-big-endian": [[{}, "is a big-endian program: only the libraries of little-endian programs can be found"]],
  "elf-other-type": [[{}, "is neither a program nor a library, but another ELF file (an object file, or a core dump)"]],
  "elf-too-large": [
    [{ most: 256, of: "libraries" }, "is an ELF file that needs more than 256 libraries"],
    [{ most: 64, of: "headers" }, "is an ELF file with more than 64 program headers"],
    [{ most: 1024, of: "entries" }, "is an ELF file with more than 1024 dynamic entries"],
  ],
  "others-write-in": [[{ directory: fromWire("/opt") }, "is not safe: users other than root may write in /opt"]],
  "others-write": [[{ file: path }, "is not safe: users other than root may write to /opt/liba.so"]],
  audited: [[{}, "has the loader run a library of its choice (DT_AUDIT), which no jail gets"]],
  "no-file": [[{ type: "fifo" }, "is a fifo, no program"]],
  "no-program": [[{}, "is no program: neither ELF nor with #! at its beginning"]],
  "interpreter-unnamed": [[{}, "is a script whose first line names no interpreter by an absolute path"]],
  "interpreter-options": [
    [{}, "is a script that has env find its interpreter with options: name the interpreter itself in its first line"],
  ],
  "path-unfit": [[{}, "is not the absolute path of a file, without . and .."]],
  missing: [[{}, "does not exist on this host: install it there, or correct the path"]],
  "other-machine": [[{ machine: 183, host: "x86_64" }, "is for another machine (ELF number 183): this host is x86_64"]],
  "script-of-scripts": [[{}, "is a script of scripts, more than Linux follows"]],
  "interpreter-missing": [
    [
      { name: fromWire("perl"), directories: [fromWire("/usr/bin"), fromWire("/bin")] },
      "is a script for perl, which is in none of /usr/bin, /bin",
    ],
  ],
  "interpreter-unfit": [
    [
      { interpreter: fromWire("/bin/x\x1b"), why: { problem: "missing" } },
      "is a script for /bin/x\\x1b, which does not exist on this host: install it there, or correct the path",
    ],
  ],
  "loader-unknown": [[{}, "is a library, and its loader is unknown: declare a program that uses it, too"]],
  "loader-path-unfit": [[{ loader: library }, "needs its loader liba.so, which is no absolute path"]],
  "loader-missing": [[{ loader }, "needs its loader /lib/ld.so, which is not on this host"]],
  "loader-unfit": [[{ loader, why: { problem: "no-elf" } }, "needs its loader /lib/ld.so, which is no ELF file"]],
  "library-missing": [
    [{ library }, "needs liba.so, which is not on this host"],
    [{ library, by: fromWire("/opt/libb.so") }, "needs liba.so, as /opt/libb.so does, which is not on this host"],
  ],
  "library-unfit": [[{ library, path, why: { problem: "no-elf" } }, "needs liba.so, but /opt/liba.so is no ELF file"]],
  "library-script": [[{ library, path }, "needs liba.so, but /opt/liba.so is a script"]],
  "libraries-endless": [[{}, "needs thousands of libraries"]],
  "place-taken": [
    [
      { file: path, at: fromWire("/lib/liba.so"), rival: fromWire("/lib/liba.so.1"), neededBy: ["/bin/a", "/bin/b"] },
      "needs /opt/liba.so as /lib/liba.so in the jail, where /lib/liba.so.1 is for /bin/a, /bin/b: give each a jail of its own",
    ],
  ],
});
