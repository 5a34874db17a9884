// A daemon gone bad in a directory with the sticky bit: sticky ID NAME TARGET, as the user and group with this number. In its working directory it tries without end to put
// something else in the place of NAME, which is root's, and makes the names of what is made there itself, as links to TARGET. It
// prints "ready", and at SIGTERM how often each of its ways has worked.
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void on_term(int number) {
  (void)number;
  ended = 1;
}

int main(int argc, char **argv) {
  if (argc != 4 || setgroups(0, NULL) || setgid(atoi(argv[1])) || setuid(atoi(argv[1]))) return 2;
  const char *name = argv[2], *target = argv[3];
  long own = 0, unlinked = 0, moved = 0, covered = 0, exchanged = 0, opened = 0;
  signal(SIGTERM, on_term);
  puts("ready");
  fflush(stdout);
  for (long round = 0; !ended; round++) {
    unlink("own");
    rmdir("own.d");
    own += symlink(target, "own") == 0;
    mkdir("own.d", 0777);
    unlinked += unlink(name) == 0 || rmdir(name) == 0 || unlinkat(AT_FDCWD, name, AT_REMOVEDIR) == 0;
    moved += rename(name, "moved") == 0;
    covered += rename("own", name) == 0 || rename("own.d", name) == 0 || symlink(target, name) == 0 || mkdir(name, 0777) == 0;
    exchanged += renameat2(AT_FDCWD, "own", AT_FDCWD, name, RENAME_EXCHANGE) == 0;
    exchanged += renameat2(AT_FDCWD, "own.d", AT_FDCWD, name, RENAME_EXCHANGE) == 0;
    opened += chmod(name, 0777) == 0 || chown(name, getuid(), getgid()) == 0 || chmod(".", 0777) == 0;
  }
  printf("own %s\nunlinked %ld\nmoved %ld\ncovered %ld\nexchanged %ld\nopened %ld\n", own > 100 ? "many" : "few", unlinked,
         moved, covered, exchanged, opened);
  return 0;
}
