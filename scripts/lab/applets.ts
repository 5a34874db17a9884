/**
 * Removes applets from a BusyBox binary's table of names, so that its shell, `find -exec` and `xargs` look for them on
 * PATH. Debian's busybox-static prefers its applets to PATH, so a wrapper over an applet would never run. (Alpine's BusyBox
 * and Debian's `busybox` package search PATH first.)
 *
 * Lowers the last byte of a name by one: the table stays sorted, and BusyBox still finds every other name.
 *
 * @param binary - the whole BusyBox binary; stays unchanged.
 * @param applets - the table as `busybox --list` prints it.
 * @param hidden - the names to remove.
 */
export function hideApplets(binary: Buffer, applets: readonly string[], hidden: readonly string[]): Buffer {
  const table = Buffer.from(applets.map((name) => `${name}\0`).join(""), "latin1");
  const start = binary.indexOf(table);
  if (start < 0) throw new Error("This BusyBox has no table of applet names that could be changed");
  const patched = Buffer.from(binary);
  for (const name of hidden) {
    const index = applets.indexOf(name);
    if (index < 0) throw new Error(`This BusyBox has no applet ${name}`);
    const before = applets.slice(0, index).reduce((sum, applet) => sum + applet.length + 1, 0);
    const last = start + before + name.length - 1;
    patched[last] = (patched[last] ?? 0) - 1;
  }
  return patched;
}
