/*
 * A daemon that takes over processes outside of its jail: JAIL UID. It tries the process numbers that were given last, over
 * and over, and says which processes have its own user number (kill) and which one it has seized (ptrace).
 */
#define _GNU_SOURCE
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int failed, const char *what) {
  if (!failed) return;
  perror(what);
  exit(1);
}

/* The number that the newest process has. */
static pid_t newest(void) {
  pid_t pid = fork();
  must(pid < 0, "fork");
  if (pid == 0) _exit(0);
  waitpid(pid, NULL, 0);
  return pid;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  uid_t id = (uid_t)atoi(argv[2]);
  must(chroot(argv[1]) || chdir("/"), argv[1]);
  must(setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id), "ids");
  setvbuf(stdout, NULL, _IOLBF, 0);
  pid_t self = getpid();
  for (unsigned long sweep = 0;; sweep++) {
    pid_t last = newest();
    for (pid_t pid = last > 3000 ? last - 3000 : 2; pid <= last + 50; pid++) {
      if (pid == self || kill(pid, 0) != 0) continue;
      printf("shared %d\n", pid);
      /* The end of the tracer lets the other process go on. */
      if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0) {
        printf("seized %d\n", pid);
        return 0;
      }
    }
    if (sweep == 0) puts("swept");
  }
}
