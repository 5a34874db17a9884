/* A process for a jail: executes its arguments in their order, two words each, prints its number and waits. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
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

/* A lock on a file that stays open. */
static void lock(const char *path, int number) {
  hold(path, O_RDWR, number);
  must(flock(number, LOCK_EX | LOCK_NB), path);
}

/* A file that is in memory, and not open any more. */
static void map(const char *path) {
  int fd = open(path, O_RDONLY);
  must(fd < 0 || mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED, path);
  close(fd);
}

static void serve(const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(name.sun_path, path, sizeof name.sun_path - 1);
  must(fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) || listen(fd, 1), path);
}

/* The directory is at /mnt too, for this process alone. */
static void view(const char *path) {
  must(unshare(CLONE_NEWNS) || mount("", "/", "", MS_REC | MS_PRIVATE, NULL), "unshare");
  must(mount(path, "/mnt", "", MS_BIND, NULL), path);
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

/* Children that only wait: as many of a daemon's as one likes. They end with their parent. */
static void crowd(unsigned count) {
  while (count--) {
    pid_t pid = fork();
    must(pid < 0, "fork");
    if (pid > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
  }
}

/* Children that have a child for 20 ms, over and over. */
static void churn(unsigned count) {
  while (count--) {
    if (fork() > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
      if (fork() == 0) {
        usleep(20000);
        _exit(0);
      }
      wait(NULL);
    }
  }
}

/* A thread with a root, a working directory and descriptors of its own. */
static int has_strayed;
static void *stray(void *directory) {
  must(unshare(CLONE_FS | CLONE_FILES) || chdir(directory), directory);
  hold(directory, O_PATH | O_DIRECTORY, 40);
  must(chroot("/srv/jail"), "/srv/jail");
  __atomic_store_n(&has_strayed, 1, __ATOMIC_SEQ_CST);
  for (;;) pause();
  return NULL;
}

int main(int argc, char **argv) {
  int number = 20;
  const char *last = "";
  for (int at = 1; at + 1 < argc; at += 2) {
    const char *word = argv[at], *value = argv[at + 1];
    unsigned id = (unsigned)atoi(value);
    if (!strcmp(word, "chroot")) must(chroot(value), value);
    else if (!strcmp(word, "cd")) must(chdir(value), value);
    else if (!strcmp(word, "directory")) hold(value, O_PATH | O_DIRECTORY, number++);
    else if (!strcmp(word, "read")) hold(value, O_RDONLY, number++);
    else if (!strcmp(word, "write")) hold(value, O_RDWR | O_CREAT | O_APPEND, number++);
    else if (!strcmp(word, "append")) hold(value, O_WRONLY | O_APPEND, number++);
    else if (!strcmp(word, "lock")) lock(value, number++);
    else if (!strcmp(word, "map")) map(value);
    else if (!strcmp(word, "serve")) serve(last = value);
    else if (!strcmp(word, "rename")) must(rename(last, value), value);
    else if (!strcmp(word, "view")) view(value);
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
    else if (!strcmp(word, "crowd")) crowd(id);
    else if (!strcmp(word, "churn")) churn(id);
    else if (!strcmp(word, "stray")) {
      pthread_t thread;
      must(pthread_create(&thread, NULL, stray, argv[at + 1]), "stray");
      while (!__atomic_load_n(&has_strayed, __ATOMIC_SEQ_CST)) usleep(1000);
    } else if (!strcmp(word, "mount")) dead(value);
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
