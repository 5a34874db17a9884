// The moves of the attacker in attacker.c: act() makes one at random.
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
enum { HELD = 16 };
enum kind { SWAP_FILE, SWAP_DIRECTORY, SWAP_ANY, MOVE, MAKE, SUBVOLUME, SYMLINK, LINK_OUTSIDE, LINK_COLD, LINK_OWN, CHMOD, ACL, SPECIAL,
  OLD_WRITE, OLD_CHMOD, UNLINK, DENIED, KINDS };
static const char *const kinds[] = {"swap-file", "swap-directory", "swap-any", "move", "make", "subvolume", "symlink", "link-outside",
  "link-cold", "link-own", "chmod", "acl", "special", "old-write", "old-chmod", "unlink", "denied"};
static const char *const files[] = {"f0", "f1", "f2", "f3.key", "passwd", "run.sh"};
static const char *const directories[] = {"d0", "d1", "in", "box", "data", "etc"};
static const mode_t modes[] = {04777, 02777, 06755, 0777, 0666, 0600, 0, 0640};
static const mode_t open_modes[] = {03777, 02770, 0777, 0700, 0770};

struct list { char **of; int count; };
static struct list hot, outside, cold, beside;
static ino_t victims[64];
static int victim_count, held[HELD], old[HELD];
static unsigned long done[KINDS];

static int below(int limit) { return (int)(random() % limit); }
static const char *pick(struct list list) { return list.of[below(list.count)]; }
static const char *file_name(void) { return files[below(COUNT(files))]; }
static const char *directory_name(void) { return directories[below(COUNT(directories))]; }
static const char *any_name(void) { return below(2) ? file_name() : directory_name(); }

static void count(enum kind kind, int failed) {
  if (!failed) done[kind]++;
  else if (errno == EACCES || errno == EPERM) done[DENIED]++;
}

// A directory that the attacker may write in, or could when it was opened. The caller closes a descriptor that is not held.
static int place(int *is_held) {
  int slot = below(HELD);
  if ((*is_held = held[slot] >= 0 && below(2))) return held[slot];
  int at = open(pick(hot), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  for (int depth = below(4); at >= 0 && depth > 0; depth--) {
    int next = openat(at, directory_name(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) break;
    close(at);
    at = next;
  }
  if (at >= 0 && !below(8)) {
    if (held[slot] >= 0) close(held[slot]);
    held[slot] = at;
    *is_held = 1;
  }
  return at;
}

// Absolute, or relative by more steps upwards than there are.
static void point(int at, const char *name, const char *target) {
  char text[512];
  snprintf(text, sizeof text, "%s%s", below(2) ? "" : "../../../../../../../..", target);
  count(SYMLINK, symlinkat(text, at, name));
}

// A directory with another st_dev, and no mount: of any user's, where the file system is btrfs.
static int subvolume(int at, const char *name) {
  struct btrfs_ioctl_vol_args wanted = {0};
  int directory = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return -1;
  snprintf(wanted.name, sizeof wanted.name, "%s", name);
  int failed = ioctl(directory, BTRFS_IOC_SUBVOL_CREATE, &wanted);
  close(directory);
  return failed;
}

static void make(int at, const char *name, int is_directory) {
  if (is_directory) {
    if (below(2) && !subvolume(at, name)) count(SUBVOLUME, 0);
    else count(MAKE, mkdirat(at, name, 0777));
    return;
  }
  int made = openat(at, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, modes[below(COUNT(modes))]);
  count(MAKE, made < 0);
  if (made < 0) return;
  int slot = below(HELD);
  if (old[slot] >= 0) close(old[slot]);
  old[slot] = made;
}

// The name and its twin, a link to outside, change places, so that the product acts on another entry than it looked at.
static void swap(int at, int is_directory) {
  const char *name = is_directory ? directory_name() : file_name();
  char twin[32];
  snprintf(twin, sizeof twin, "t-%s", name);
  if (!below(4)) {
    make(at, name, is_directory);
    if (!below(3)) count(LINK_OUTSIDE, linkat(AT_FDCWD, pick(outside), at, twin, 0));
    else point(at, twin, is_directory ? pick(beside) : pick(outside));
  }
  count(is_directory ? SWAP_DIRECTORY : SWAP_FILE, renameat2(at, name, at, twin, RENAME_EXCHANGE));
}

// Opens one of its own, whatever its mode; never a victim that it has linked: what it may do to that itself is no loss.
static int own(int at, const char *name, char *path, size_t size, int *is_directory) {
  struct stat seen;
  int found = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (found < 0) return -1;
  int fit = !fstat(found, &seen) && (S_ISREG(seen.st_mode) || S_ISDIR(seen.st_mode));
  for (int index = 0; fit && index < victim_count; index++) fit = victims[index] != seen.st_ino;
  if (!fit) {
    close(found);
    return -1;
  }
  *is_directory = S_ISDIR(seen.st_mode);
  snprintf(path, size, "/proc/self/fd/%d", found);
  return found;
}

static void mark(int at, const char *name, enum kind kind) {
  // acl(5) as the kernel stores it: u::rwx u:1044:rwx g::rwx m::rwx o::rwx
  static const unsigned char acl[] = {2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 20, 4, 0, 0,
    4, 0, 7, 0, 255, 255, 255, 255, 16, 0, 7, 0, 255, 255, 255, 255, 32, 0, 7, 0, 255, 255, 255, 255};
  char path[32];
  int is_directory, found = own(at, name, path, sizeof path, &is_directory);
  if (found < 0) return;
  if (kind == CHMOD) {
    count(kind, chmod(path, is_directory ? open_modes[below(COUNT(open_modes))] : modes[below(COUNT(modes))]));
  } else {
    const char *which = is_directory && below(2) ? "system.posix_acl_default" : "system.posix_acl_access";
    count(kind, setxattr(path, which, acl, sizeof acl, 0));
  }
  close(found);
}

static void special(int at, const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  unlinkat(at, name, 0);
  if (below(2)) {
    count(SPECIAL, mkfifoat(at, name, 0666));
    return;
  }
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", at, name);
  int bound = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  count(SPECIAL, bind(bound, (struct sockaddr *)&address, sizeof address));
  close(bound);
}

static void act(void) {
  int is_held, other_held, slot = below(HELD), at = place(&is_held);
  if (at < 0) return;
  int dice = below(100), other = dice >= 60 && dice < 76 ? place(&other_held) : -1;
  if (dice < 40) swap(at, dice % 2);
  else if (dice < 60) dice < 52 ? mark(at, any_name(), CHMOD) : mark(at, any_name(), ACL);
  else if (other >= 0 && dice < 67) count(SWAP_ANY, renameat2(at, any_name(), other, any_name(), RENAME_EXCHANGE));
  else if (other >= 0 && dice < 73) count(MOVE, renameat(at, any_name(), other, any_name()));
  else if (other >= 0) count(LINK_OWN, linkat(at, file_name(), other, file_name(), 0));
  else if (dice < 80) count(LINK_OUTSIDE, linkat(AT_FDCWD, pick(outside), at, file_name(), 0));
  else if (dice < 82) count(LINK_COLD, linkat(AT_FDCWD, pick(cold), at, file_name(), 0));
  else if (dice < 84) special(at, file_name());
  else if (dice < 88 && old[slot] >= 0) count(OLD_WRITE, pwrite(old[slot], "raced", 5, 0) < 0);
  else if (dice < 92 && old[slot] >= 0) count(OLD_CHMOD, fchmod(old[slot], modes[below(COUNT(modes))]));
  else if (dice < 96) make(at, any_name(), below(2));
  else count(UNLINK, unlinkat(at, any_name(), below(2) ? AT_REMOVEDIR : 0));
  if (!is_held) close(at);
  if (other >= 0 && !other_held) close(other);
}
