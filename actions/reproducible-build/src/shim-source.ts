import { DAYS_AHEAD, VARIED_VALUES } from "./varied-values.ts";

/**
 * The C source of a library that is preloaded (`LD_PRELOAD`) into the programs of the second build, and changes what
 * they learn about the machine. REPRO_SHIM lists the changes, separated by commas. The library reaches every program
 * that is linked dynamically to the C library, but not static programs or direct system calls.
 */
export const SHIM_SOURCE = `
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <pwd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Declares \`next\`: the function of this name that the program would have called. */
#define NEXT(name) static __typeof__(name) *next; if (!next) next = (__typeof__(next))dlsym(RTLD_NEXT, #name)

static int varies(const char *word) {
  const char *list = getenv("REPRO_SHIM");
  size_t length = strlen(word);
  for (const char *at = list; at && (at = strstr(at, word)); at += length)
    if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == 0)) return 1;
  return 0;
}

/* Time: ahead by whole days. */
static time_t ahead(void) { return varies("time") ? ${DAYS_AHEAD}L * 86400 : 0; }

int clock_gettime(clockid_t id, struct timespec *out) {
  NEXT(clock_gettime);
  int result = next(id, out);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) out->tv_sec += ahead();
  return result;
}
int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  NEXT(gettimeofday);
  int result = next(out, zone);
  if (result == 0 && out) out->tv_sec += ahead();
  return result;
}
time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

/* Host name, domain and release of the kernel. */
static void put(char *target, size_t size, const char *value) {
  strncpy(target, value, size);
  if (size) target[size - 1] = 0;
}
int uname(struct utsname *out) {
  NEXT(uname);
  int result = next(out);
  if (result) return result;
  if (varies("host")) put(out->nodename, sizeof out->nodename, "${VARIED_VALUES.host}");
  if (varies("domain")) put(out->domainname, sizeof out->domainname, "${VARIED_VALUES.domain}");
  if (varies("kernel")) {
    put(out->release, sizeof out->release, "${VARIED_VALUES.kernel}");
    put(out->version, sizeof out->version, "#1 SMP Thu Jan 1 00:00:00 UTC 2015");
  }
  return 0;
}
int gethostname(char *name, size_t size) {
  NEXT(gethostname);
  if (!varies("host")) return next(name, size);
  put(name, size, "${VARIED_VALUES.host}");
  return 0;
}
int getdomainname(char *name, size_t size) {
  NEXT(getdomainname);
  if (!varies("domain")) return next(name, size);
  put(name, size, "${VARIED_VALUES.domain}");
  return 0;
}

/* The user's name, also where it is looked up by the number of the user, as whoami, id and tar do. */
static void rename_user(struct passwd *entry) {
  static char name[] = "${VARIED_VALUES.user}";
  if (entry && entry->pw_uid == geteuid() && varies("user")) entry->pw_name = name;
}
struct passwd *getpwuid(uid_t uid) {
  NEXT(getpwuid);
  struct passwd *found = next(uid);
  rename_user(found);
  return found;
}
int getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size, struct passwd **found) {
  NEXT(getpwuid_r);
  int result = next(uid, entry, buffer, size, found);
  if (result == 0) rename_user(*found);
  return result;
}
int getlogin_r(char *name, size_t size) {
  NEXT(getlogin_r);
  if (!varies("user")) return next(name, size);
  put(name, size, "${VARIED_VALUES.user}");
  return 0;
}

/* The order of directory entries: the reverse of that of their names, or of the order that was found. */
struct listing { DIR *dir; struct dirent **entries; size_t count, at; struct listing *next; };
static struct listing *listings;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int backwards(const void *a, const void *b) {
  return strcmp((*(struct dirent *const *)b)->d_name, (*(struct dirent *const *)a)->d_name);
}
static void forget(DIR *dir) {
  pthread_mutex_lock(&lock);
  for (struct listing **at = &listings; *at; at = &(*at)->next) {
    if ((*at)->dir != dir) continue;
    struct listing *old = *at;
    *at = old->next;
    for (size_t i = 0; i < old->count; i++) free(old->entries[i]);
    free(old->entries);
    free(old);
    break;
  }
  pthread_mutex_unlock(&lock);
}
static struct dirent *reordered(DIR *dir, struct dirent *(*read)(DIR *)) {
  pthread_mutex_lock(&lock);
  struct listing *found = listings;
  while (found && found->dir != dir) found = found->next;
  if (!found && (found = calloc(1, sizeof *found))) {
    found->dir = dir;
    for (struct dirent *entry; (entry = read(dir));) {
      struct dirent **grown = realloc(found->entries, (found->count + 1) * sizeof *grown);
      struct dirent *copy = grown ? malloc(entry->d_reclen) : NULL;
      if (!copy) break;
      found->entries = grown;
      memcpy(copy, entry, entry->d_reclen);
      grown[found->count++] = copy;
    }
    qsort(found->entries, found->count, sizeof *found->entries, backwards);
    found->next = listings;
    listings = found;
  }
  struct dirent *entry = found && found->at < found->count ? found->entries[found->at++] : NULL;
  pthread_mutex_unlock(&lock);
  return entry;
}
struct dirent *readdir(DIR *dir) {
  NEXT(readdir);
  return varies("file-order") ? reordered(dir, next) : next(dir);
}
#ifdef __GLIBC__
struct dirent64 *readdir64(DIR *dir) {
  NEXT(readdir64);
  if (!varies("file-order") || sizeof(struct dirent) != sizeof(struct dirent64)) return next(dir);
  return (struct dirent64 *)reordered(dir, (struct dirent *(*)(DIR *))next);
}
#endif
int closedir(DIR *dir) {
  NEXT(closedir);
  forget(dir);
  return next(dir);
}
void rewinddir(DIR *dir) {
  NEXT(rewinddir);
  forget(dir);
  next(dir);
}
`;
