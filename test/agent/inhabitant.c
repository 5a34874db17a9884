/* A process for a jail: does what its arguments say, in their order, says its number and waits. Two words each. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void must(int failed, const char *what) {
  if (!failed) return;
  perror(what);
  exit(1);
}

static void hold(const char *path, int flags, int number) {
  int fd = open(path, flags, 0600);
  must(fd < 0 || dup2(fd, number) < 0, path);
  if (fd != number) close(fd);
}

/* A file system that never answers, and that everybody may ask. */
static void dead(const char *path) {
  char options[99];
  int fd = open("/tmp/fuse", O_RDWR);
  must(fd < 0, "/tmp/fuse");
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
  must(mount("dead", path, "fuse.dead", 0, options), path);
}

/* Its permitted and effective capabilities are one; as a launcher leaves it to a daemon. */
static void keep(unsigned bit) {
  struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0}};
  data[bit / 32].permitted = data[bit / 32].effective = 1u << bit % 32;
  must(syscall(SYS_capset, &head, data), "capset");
}

/* This thread alone: the kernel's own call, for the library's is for all of them. */
static void *ready(void *uid) {
  int id = (int)(intptr_t)uid;
  if (id) must(syscall(SYS_setresuid, id, id, id), "uid");
  printf("%d\n", getpid());
  fflush(stdout);
  for (;;) pause();
  return NULL;
}

int main(int argc, char **argv) {
  int number = 20;
  for (int at = 1; at + 1 < argc; at += 2) {
    const char *word = argv[at], *value = argv[at + 1];
    unsigned id = (unsigned)atoi(value);
    if (!strcmp(word, "chroot")) must(chroot(value), value);
    else if (!strcmp(word, "cd")) must(chdir(value), value);
    else if (!strcmp(word, "directory")) hold(value, O_PATH | O_DIRECTORY, number++);
    else if (!strcmp(word, "read")) hold(value, O_RDONLY, number++);
    else if (!strcmp(word, "write")) hold(value, O_RDWR | O_CREAT | O_APPEND, number++);
    else if (!strcmp(word, "append")) hold(value, O_WRONLY | O_APPEND, number++);
    else if (!strcmp(word, "memory")) must(dup2(memfd_create(value, 0), number++) < 0, value);
    else if (!strcmp(word, "fill")) while (id--) must(open("/", O_RDONLY) < 0 && id > 0, "fill");
    else if (!strcmp(word, "group")) {
      gid_t one = id;
      must(setgroups(id ? 1 : 0, &one), "setgroups");
    } else if (!strcmp(word, "gid")) must(setresgid(id, id, id), "setresgid");
    else if (!strcmp(word, "uid")) must(setresuid(id, id, id), "setresuid");
    else if (!strcmp(word, "keepcaps")) must(prctl(PR_SET_KEEPCAPS, id), "keepcaps");
    else if (!strcmp(word, "effective")) must(setresuid(id, id, 0), "setresuid");
    else if (!strcmp(word, "bound")) {
      for (unsigned bit = 0; bit < 64; bit++)
        if (bit != id) prctl(PR_CAPBSET_DROP, bit);
    } else if (!strcmp(word, "keep")) keep(id);
    else if (!strcmp(word, "nnp")) must(prctl(PR_SET_NO_NEW_PRIVS, id, 0, 0, 0), "nnp");
    else if (!strcmp(word, "mount")) dead(value);
    else if (!strcmp(word, "umask")) umask((mode_t)strtol(value, NULL, 8));
    else if (!strcmp(word, "name")) must(prctl(PR_SET_NAME, value), "name");
    else if (!strcmp(word, "remove")) must(unlink(value), value);
    else if (!strcmp(word, "thread")) {
      pthread_t thread;
      must(pthread_create(&thread, NULL, ready, (void *)(intptr_t)id), "thread");
      /* Its leader is gone, and a zombie as long as the thread goes on. */
      if (!id) syscall(SYS_exit, 0);
      for (;;) pause();
    } else must(1, word);
  }
  ready(NULL);
}
