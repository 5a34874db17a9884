import { differenceText } from "../../provider/render/text/difference-text";
import { type Driven, drive, errorsOf, type JailPart } from "./driven";
import { refusalTexts } from "./findings";
import { siteOn } from "./jail-site";
import { perl } from "./perl";
import type { LabHost } from "./sshd";

export const reason = "the daemon logs when it has changed its root";
/** The kernel has one list of sockets for all hosts of a machine, so each path needs a name of its own. */
export const own = process.pid;

/** A jail with a log socket, on a host, and a daemon that logs in it. */
export function logScene(
  host: () => LabHost,
  logSocket: NonNullable<JailPart["logSocket"]>,
  root = `/srv/a jail ${own}`,
) {
  const program = (jail: JailPart = {}): Driven => drive(siteOn(host(), root), { logSocket, ...jail });
  const differences = async (driven = program()): Promise<Record<string, string>> => {
    const { plan, observation } = await driven.assess();
    const texts = plan.differences.map((one) => [one.path, differenceText(one, observation)] as const);
    return Object.fromEntries(texts.map(([path, { live, declared }]) => [path, `${live} => ${declared}`]));
  };
  const up = async (driven = program()) => errorsOf(await driven.up());
  const refusals = async (driven: Driven) => refusalTexts((await driven.assess()).plan).join("; ");
  /** As an unprivileged program of the jail. */
  const log = (text: string) =>
    perl(
      `use Socket; chroot $ARGV[0] and chdir "/" or die $!; $) = "1033 1033"; $( = 1033; $< = $> = 1033; die if $> != 1033;
      socket(our $log, AF_UNIX, SOCK_DGRAM, 0) && connect($log, pack_sockaddr_un("/dev/log")) or die $!;
      send($log, "<14>jailed: $ARGV[1]", 0) or die $!`,
      host().path(root),
      text,
    );
  const found = (text: string, where = "cat /var/log/messages") =>
    host().must(
      `for try in 1 2 3 4 5 6 7 8 9 10; do ${where} | grep -F '${text}' && exit; sleep 0.2; done; echo nothing`,
    );
  return { root, program, differences, up, refusals, log, found };
}
