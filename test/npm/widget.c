// A program that does what a test asks of it: what launchers must pass on.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_signal(int number) {
  char text[] = "got 00\n";
  text[4] = '0' + number / 10;
  text[5] = '0' + number % 10;
  (void)!write(1, text, sizeof text - 1);
  _exit(50 + number);
}

int main(int count, char **args) {
  const char *what = count > 1 ? args[1] : "";
  if (strcmp(what, "exit") == 0) return atoi(args[2]);
  if (strcmp(what, "die") == 0) kill(getpid(), atoi(args[2]));
  if (strcmp(what, "args") == 0)
    for (int index = 2; index < count; index++) printf("[%s]\n", args[index]);
  if (strcmp(what, "cat") == 0)
    for (int byte = getchar(); byte != EOF; byte = getchar()) putchar(byte);
  if (strcmp(what, "wait") == 0) {
    for (int number = 1; number < 16; number++)
      if (number != SIGKILL) signal(number, on_signal);
    puts("ready");
    fflush(stdout);
    for (int second = 0; second < 60; second++) sleep(1);
    return 99;
  }
  if (what[0] == '\0' || strcmp(what, "--version") == 0) puts("widget of the test");
  return 0;
}
