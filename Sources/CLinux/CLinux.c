#define _GNU_SOURCE
#include "CLinux.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <linux/sockios.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static_assert(sizeof(clinux_event) == sizeof(struct epoll_event), "event layout");
static_assert(offsetof(clinux_event, token) == offsetof(struct epoll_event, data), "event layout");
static_assert(CLINUX_EDGE == EPOLLET && CLINUX_RDHUP == EPOLLRDHUP && CLINUX_OUT == EPOLLOUT, "event bits");

static int checked(int result) { return result < 0 ? -errno : result; }

int clinux_epoll_create(void) { return checked(epoll_create1(EPOLL_CLOEXEC)); }

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

int clinux_epoll_remove(int epoll, int fd) { return checked(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL)); }

int clinux_epoll_wait(int epoll, clinux_event *events, int capacity, int64_t nanoseconds) {
    static _Atomic int without_pwait2;
    struct epoll_event *list = (struct epoll_event *)events;
    if (nanoseconds <= 0) return checked(epoll_wait(epoll, list, capacity, nanoseconds < 0 ? -1 : 0));
    if (!without_pwait2) {
        struct timespec timeout = {nanoseconds / 1000000000, nanoseconds % 1000000000};
        int result = epoll_pwait2(epoll, list, capacity, &timeout, NULL);
        if (result >= 0 || errno != ENOSYS) return checked(result);
        without_pwait2 = 1;  // kernels before 5.11: milliseconds, rounded up
    }
    int64_t milliseconds = (nanoseconds + 999999) / 1000000;
    return checked(epoll_wait(epoll, list, capacity, milliseconds > 60000 ? 60000 : (int)milliseconds));
}

int clinux_eventfd(void) { return checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int clinux_signalfd(uint64_t mask) {
    sigset_t set;
    sigemptyset(&set);
    for (int number = 1; number <= 64; number++)
        if (mask & (1ull << (number - 1))) sigaddset(&set, number);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error) return -error;
    return checked(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

int clinux_signalfd_read(int fd) {
    struct signalfd_siginfo info;
    ssize_t count = read(fd, &info, sizeof info);
    return count == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int clinux_accept(int listener) { return checked(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)); }

int clinux_stream_socket(int family) { return checked(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

int clinux_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    int flags = fcntl(ends[0], F_GETFL);
    return checked(fcntl(ends[0], F_SETFL, flags | O_NONBLOCK));
}

static int64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_monotonic(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t clinux_realtime(void) { return read_clock(CLOCK_REALTIME); }
int64_t clinux_cpu_time(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

int64_t clinux_peak_memory(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}

int clinux_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

int clinux_set_nodelay(int fd) {
    int on = 1;
    return checked(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

int clinux_set_linger_zero(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return checked(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

int clinux_unsent(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQ, &count) < 0 ? -errno : count;
}

int clinux_name_thread(unsigned long thread, const char *name) {
    char cut[16] = {0};
    for (int i = 0; i < 15 && name[i]; i++) cut[i] = name[i];
    return -pthread_setname_np((pthread_t)thread, cut);
}

int clinux_remove_shared_memory(int identifier) {
    struct shmid_ds facts;
    if (shmctl(identifier, IPC_STAT, &facts) < 0) return -errno;
    return facts.shm_nattch ? -EBUSY : checked(shmctl(identifier, IPC_RMID, NULL));
}
