/*
 * The whole guest of a lab: PID 1 of a Linux kernel with nothing else in it but busybox for a console.
 *
 * Kernel command line (unknown to the kernel, so read from /proc/cmdline):
 *   drover.mac=52:54:...        which NIC carries the address
 *   drover.address=10.77.1.101  its IPv4 address, always in a /24
 *   drover.dirty=MIB,MIB_PER_S  memory to hold and how much of it to rewrite per second
 *
 * TCP 7000   streams "COUNTER MILLIS BOOT\n" every 10 ms; the counter is one per 10 ms of guest time
 * UDP 7001   answers any datagram at once with "COUNTER MILLIS BOOT PAYLOAD"; the payload
 *            "dirty MIB MIB_PER_S" changes the rewriting first, "power obey" or "power ignore" what the power button does, "load" answers "COUNTER MILLIS BOOT load MIB MIB_PER_S TOUCHED_MIB"
 * /dev/vda   if present: one 4 KiB record a second, so that the disk has something to lose
 * power button: powers off, so that a graceful shutdown works, unless it was told to ignore it
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 32
#define TICK_NS 10000000L
#define PAGE 4096UL
#define MIB (1024UL * 1024UL)

struct load {
  volatile uint32_t mib, rate;
  volatile uint64_t pages; /* touched since boot */
  volatile uint32_t deaf;  /* to the power button */
};
static struct load *load;
static char cmdline[2048];
static char boot[9];

static uint64_t millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The value of NAME= on the kernel command line; 0 when it is not there. */
static int parameter(const char *name, char *value, size_t size) {
  size_t length = strlen(name);
  for (char *at = cmdline; (at = strstr(at, name)); at += length) {
    if ((at == cmdline || at[-1] == ' ') && at[length] == '=') {
      size_t end = strcspn(at + length + 1, " \n");
      if (end >= size) end = size - 1;
      memcpy(value, at + length + 1, end);
      value[end] = 0;
      return 1;
    }
  }
  return 0;
}

static void insert_modules(void) {
  FILE *list = fopen("/modules/order", "r");
  char name[128], path[160];
  while (list && fscanf(list, "%127s", name) == 1) {
    snprintf(path, sizeof path, "/modules/%s", name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || (syscall(SYS_finit_module, file, "", 0) && errno != EEXIST)) fprintf(stderr, "module %s: %s\n", name, strerror(errno));
    if (file >= 0) close(file);
  }
  if (list) fclose(list);
}

static int nic_with(const char *mac, char *nic) {
  DIR *directory = opendir("/sys/class/net");
  struct dirent *entry;
  int found = 0;
  while (directory && !found && (entry = readdir(directory))) {
    char path[300], address[32] = "";
    snprintf(path, sizeof path, "/sys/class/net/%s/address", entry->d_name);
    FILE *file = fopen(path, "r");
    if (!file) continue;
    if (fscanf(file, "%31s", address) == 1 && !strcmp(address, mac)) {
      snprintf(nic, IFNAMSIZ, "%.15s", entry->d_name);
      found = 1;
    }
    fclose(file);
  }
  if (directory) closedir(directory);
  return found;
}

static void raise_link(int control, const char *nic) {
  struct ifreq request = {0};
  snprintf(request.ifr_name, IFNAMSIZ, "%s", nic);
  ioctl(control, SIOCGIFFLAGS, &request);
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  if (ioctl(control, SIOCSIFFLAGS, &request)) perror("link up");
}

static void configure_network(void) {
  char mac[32], address[32], nic[IFNAMSIZ];
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  raise_link(control, "lo");
  if (!parameter("drover.mac", mac, sizeof mac) || !parameter("drover.address", address, sizeof address)) return;
  for (int attempt = 0; !nic_with(mac, nic); attempt++) {
    if (attempt == 500) {
      fprintf(stderr, "no NIC has MAC %s\n", mac);
      return;
    }
    usleep(10000);
  }
  struct ifreq request = {0};
  struct sockaddr_in *where = (struct sockaddr_in *)&request.ifr_addr;
  snprintf(request.ifr_name, IFNAMSIZ, "%s", nic);
  where->sin_family = AF_INET;
  inet_pton(AF_INET, address, &where->sin_addr);
  if (ioctl(control, SIOCSIFADDR, &request)) perror("address");
  inet_pton(AF_INET, "255.255.255.0", &where->sin_addr);
  if (ioctl(control, SIOCSIFNETMASK, &request)) perror("netmask");
  raise_link(control, nic);
  close(control);
}

/*
 * Touches every page of the held memory in turn at the wished rate. Eight changed bytes make a page as dirty as
 * 4096 do and cost emulation far less; the pages are first filled with noise, so that none is a zero page or shrinks.
 */
static void rewrite_memory(void) {
  uint64_t *memory = NULL, noise = 88172645463325252ULL;
  uint32_t held = 0;
  uint64_t page = 0, due = 0, last = millis();
  for (;;) {
    if (held != load->mib) {
      uint32_t wanted = load->mib;
      if (memory) munmap(memory, held * MIB);
      memory = wanted ? mmap(NULL, wanted * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : NULL;
      if (memory == MAP_FAILED) memory = NULL;
      held = wanted;
      page = due = 0;
      for (uint64_t word = 0; memory && word < held * MIB / 8; word++) {
        noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
        memory[word] = noise;
      }
      last = millis();
    }
    usleep(memory && load->rate ? 10000 : 200000);
    uint64_t now = millis(), elapsed = now - last;
    last = now;
    if (elapsed > 100) elapsed = 100; /* after a pause: go on at the rate, do not catch up */
    due += elapsed * load->rate * (MIB / PAGE);
    for (; memory && due >= 1000; due -= 1000, page++) {
      memory[(page % (held * MIB / PAGE)) * (PAGE / 8) + page % (PAGE / 8)] += page | 1;
      load->pages++;
    }
  }
}

static void write_disk(void) {
  int disk = open("/dev/vda", O_RDWR | O_DSYNC | O_CLOEXEC);
  if (disk < 0) exit(0);
  static char record[4096];
  for (uint64_t number = 0;; number++) {
    memset(record, 0, sizeof record);
    snprintf(record, sizeof record, "drover lab guest, boot %s, record %llu\n", boot, (unsigned long long)number);
    if (pwrite(disk, record, sizeof record, (off_t)(number % 64) * 4096) < 0) perror("disk");
    sleep(1);
  }
}

static struct pollfd buttons[8];
static int button_count;

/* Before anything answers on the network, so that whoever has seen the guest may press its power button. */
static void find_power_button(void) {
  for (int number = 0; number < 8; number++) {
    char path[32];
    snprintf(path, sizeof path, "/dev/input/event%d", number);
    int input = open(path, O_RDONLY | O_CLOEXEC);
    if (input >= 0) buttons[button_count++] = (struct pollfd){.fd = input, .events = POLLIN};
  }
}

static void obey_power_button(void) {
  struct input_event event;
  while (button_count && poll(buttons, button_count, -1) > 0)
    for (int number = 0; number < button_count; number++)
      if (buttons[number].revents && read(buttons[number].fd, &event, sizeof event) == sizeof event && event.type == EV_KEY &&
          event.code == KEY_POWER && event.value && !load->deaf) {
        sync();
        reboot(RB_POWER_OFF);
      }
  exit(0);
}

static void serve_console(void) {
  for (;;) {
    pid_t shell = fork();
    if (!shell) {
      setsid();
      int terminal = open("/dev/ttyS0", O_RDWR);
      if (terminal < 0) exit(1);
      ioctl(terminal, TIOCSCTTY, 1);
      for (int fd = 0; fd < 3; fd++) dup2(terminal, fd);
      char *arguments[] = {"sh", "-i", NULL}, *environment[] = {"PATH=/bin", "TERM=vt100", "PS1=guest# ", NULL};
      execve("/bin/sh", arguments, environment);
      exit(1);
    }
    waitpid(shell, NULL, 0);
    sleep(1);
  }
}

static int listening(int type, uint16_t port) {
  int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) || (type == SOCK_STREAM && listen(fd, 16))) perror("listen");
  return fd;
}

static void answer(int udp, uint64_t counter) {
  char payload[512], line[700];
  struct sockaddr_in from;
  socklen_t length = sizeof from;
  ssize_t size;
  while ((size = recvfrom(udp, payload, sizeof payload - 1, 0, (struct sockaddr *)&from, &length)) >= 0) {
    unsigned mib, rate;
    payload[size] = 0;
    if (sscanf(payload, "dirty %u %u", &mib, &rate) == 2) load->mib = mib, load->rate = rate;
    if (!strcmp(payload, "power ignore")) load->deaf = 1;
    if (!strcmp(payload, "power obey")) load->deaf = 0;
    int used = snprintf(line, sizeof line, "%llu %llu %s ", (unsigned long long)counter, (unsigned long long)millis(), boot);
    if (!strcmp(payload, "load"))
      used += snprintf(line + used, sizeof line - used, "load %u %u %llu", load->mib, load->rate,
                       (unsigned long long)(load->pages * PAGE / MIB));
    else {
      memcpy(line + used, payload, size);
      used += size;
    }
    sendto(udp, line, used, 0, (struct sockaddr *)&from, length);
    length = sizeof from;
  }
}

/* The clock that makes lines runs only while someone reads them: an idle guest then costs its host next to nothing. */
static void tick_while(int timer, int wanted) {
  static int ticking;
  if (wanted == ticking) return;
  struct itimerspec tick = {.it_interval = {0, TICK_NS}, .it_value = {0, TICK_NS}}, never = {0};
  timerfd_settime(timer, 0, wanted ? &tick : &never, NULL);
  ticking = wanted;
}

static void serve_counter(void) {
  enum { TIMER, UDP, TCP, FIRST };
  struct pollfd polled[FIRST + CLIENTS];
  uint64_t counter = 0;
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  polled[TIMER] = (struct pollfd){.fd = timer, .events = POLLIN};
  polled[UDP] = (struct pollfd){.fd = listening(SOCK_DGRAM, 7001), .events = POLLIN};
  polled[TCP] = (struct pollfd){.fd = listening(SOCK_STREAM, 7000), .events = POLLIN};
  for (int slot = FIRST; slot < FIRST + CLIENTS; slot++) polled[slot] = (struct pollfd){.fd = -1, .events = POLLIN};
  for (;;) {
    if (poll(polled, FIRST + CLIENTS, -1) < 0) continue;
    uint64_t ticks = 0, count = millis() * 1000000 / TICK_NS;
    if (read(timer, &ticks, sizeof ticks) != sizeof ticks) ticks = 0;
    /* Ticks jitter; each line still has a larger count than the one before. */
    if (count > counter) counter = count;
    else if (ticks) counter++;
    if (polled[UDP].revents) answer(polled[UDP].fd, counter);
    if (polled[TCP].revents) {
      int client = accept4(polled[TCP].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1, slot = FIRST;
      while (slot < FIRST + CLIENTS && polled[slot].fd >= 0) slot++;
      if (client >= 0 && slot == FIRST + CLIENTS) close(client);
      else if (client >= 0) {
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        polled[slot].fd = client;
        polled[slot].revents = 0;
      }
    }
    char line[96], discarded[256];
    int size = snprintf(line, sizeof line, "%llu %llu %s\n", (unsigned long long)counter, (unsigned long long)millis(), boot), clients = 0;
    for (int slot = FIRST; slot < FIRST + CLIENTS; slot++) {
      int client = polled[slot].fd, gone = 0;
      if (client < 0) continue;
      if (polled[slot].revents) {
        ssize_t got = recv(client, discarded, sizeof discarded, 0);
        gone = got == 0 || (got < 0 && errno != EAGAIN);
      }
      /* A full socket buffer loses the line, never a part of one: lines are far smaller than the buffer's low-water mark. */
      if (!gone && ticks && send(client, line, size, MSG_NOSIGNAL) < 0 && errno != EAGAIN) gone = 1;
      if (gone) close(client), polled[slot].fd = -1;
      else clients++;
    }
    tick_while(timer, clients > 0);
  }
}

static void start(void (*service)(void)) {
  if (!fork()) service(), exit(0);
}

int main(void) {
  mkdir("/proc", 0755), mkdir("/sys", 0755), mkdir("/dev", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
  int console = open("/dev/console", O_RDWR);
  for (int fd = 0; console >= 0 && fd < 3; fd++) dup2(console, fd);
  signal(SIGPIPE, SIG_IGN);

  FILE *file = fopen("/proc/cmdline", "r");
  if (file) cmdline[fread(cmdline, 1, sizeof cmdline - 1, file)] = 0, fclose(file);
  uint32_t random = (uint32_t)time(NULL);
  if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) random ^= (uint32_t)millis() * 2654435761U;
  snprintf(boot, sizeof boot, "%08x", random);

  load = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char wish[32];
  unsigned mib = 0, rate = 0;
  if (parameter("drover.dirty", wish, sizeof wish)) sscanf(wish, "%u,%u", &mib, &rate);
  load->mib = mib, load->rate = rate;

  insert_modules();
  configure_network();
  find_power_button();
  start(serve_counter);
  start(rewrite_memory);
  start(write_disk);
  start(obey_power_button);
  start(serve_console);
  for (;;)
    if (wait(NULL) < 0) sleep(1);
}
