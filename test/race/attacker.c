// An attacker with the daemon's user works against a convergence: attacker SEED HOT… -- OUTSIDE… -- COLD… -- DIRECTORY…
// In the directories HOT it makes the moves of an unprivileged process at random, by fresh names and through older
// descriptors. OUTSIDE are files and DIRECTORY directories outside of the jail, COLD are root's files inside. It makes links
// to all of them, so that a program that follows or trusts a name would change them. It prints "ready PID", and at SIGTERM
// how often each move succeeded. It stands still from SIGUSR1, when it prints "paused", to SIGUSR2: the lab's nsenter would
// take a SIGSTOP for its own.
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>

#include "moves.h"

enum { DEEPEST = 3, MOST = 70, LONGEST_REST_US = 400 };
static volatile sig_atomic_t ended;

static void on_term(int number) {
  (void)number;
  ended = 1;
}

static void on_resume(int number) { (void)number; }

static void on_pause(int number) {
  (void)number;
  sigset_t others;
  sigfillset(&others);
  sigdelset(&others, SIGUSR2);
  sigdelset(&others, SIGTERM);
  if (write(1, "paused\n", 7) == 7) sigsuspend(&others);
}

// The signals that end the pause are blocked until it waits for them: none comes too early.
static void listen_to_signals(void) {
  struct sigaction action = {.sa_flags = SA_RESTART};
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaddset(&action.sa_mask, SIGTERM);
  action.sa_handler = on_pause;
  sigaction(SIGUSR1, &action, NULL);
  action.sa_handler = on_resume;
  sigaction(SIGUSR2, &action, NULL);
  action.sa_handler = on_term;
  sigaction(SIGTERM, &action, NULL);
}

// Counts the entries below, and removes the ones that are too deep or too many.
static int trim(int at, int depth, int seen) {
  DIR *stream = at < 0 ? NULL : fdopendir(at);
  if (!stream) {
    if (at >= 0) close(at);
    return seen;
  }
  for (struct dirent *entry; (entry = readdir(stream));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    seen++;
    if (entry->d_type == DT_DIR)
      seen = trim(openat(at, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), depth + 1, seen);
    if (depth > DEEPEST || seen > MOST) unlinkat(at, entry->d_name, entry->d_type == DT_DIR ? AT_REMOVEDIR : 0);
  }
  closedir(stream);
  return seen;
}

static struct list take(char ***arguments) {
  struct list list = {*arguments, 0};
  while ((*arguments)[0] && strcmp((*arguments)[0], "--")) list.count++, (*arguments)++;
  if ((*arguments)[0]) (*arguments)++;
  return list;
}

int main(int argc, char **argv) {
  if (argc < 2 || setvbuf(stdout, NULL, _IOLBF, 0)) return 2;
  srandom((unsigned)atoi(argv[1]));
  argv += 2;
  struct list *const lists[] = {&hot, &outside, &cold, &beside};
  for (int index = 0; index < COUNT(lists); index++)
    if ((*lists[index] = take(&argv)).count == 0) return 2;
  struct stat seen;
  for (int index = 0; index < outside.count && victim_count < COUNT(victims); index++)
    if (!stat(outside.of[index], &seen)) victims[victim_count++] = seen.st_ino;
  for (int slot = 0; slot < HELD; slot++) held[slot] = old[slot] = -1;
  listen_to_signals();
  umask(0);
  printf("ready %d\n", (int)getpid());
  for (unsigned turn = 0, rest = 1; !ended; turn++) {
    act();
    // In bursts: the machine is others' too, and who has slept comes at once when it wakes, whatever runs then.
    if (turn == rest) {
      usleep(below(LONGEST_REST_US));
      rest = turn + 1 + below(400);
    }
    if (turn % 1024) continue;
    for (int index = 0, sum = 0; index < hot.count; index++)
      sum = trim(open(hot.of[index], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), 0, sum);
  }
  for (int kind = 0; kind < KINDS; kind++) printf("%s %lu\n", kinds[kind], done[kind]);
  return 0;
}
