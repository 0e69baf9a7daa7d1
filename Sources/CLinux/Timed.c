#define _GNU_SOURCE
#include "Timed.h"
#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int checked(int result) { return result < 0 ? -errno : result; }

int clinux_stamp_receives(int fd) {
    int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    return checked(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags));
}

int64_t clinux_receive_stamped(int fd, void *buffer, size_t capacity, int64_t *realtime) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct scm_timestamping)) + 64];
    } control;
    struct iovec piece = {buffer, capacity};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    ssize_t count;
    *realtime = 0;
    do {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        count = recvmsg(fd, &message, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return -errno;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPING) continue;
        struct scm_timestamping times;
        memcpy(&times, CMSG_DATA(part), sizeof times);
        *realtime = (int64_t)times.ts[0].tv_sec * 1000000000 + times.ts[0].tv_nsec;
    }
    return count;
}

int clinux_thread_fifo(int priority) {
    struct sched_param wanted = {.sched_priority = priority};
    return checked(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &wanted));
}

int clinux_thread_normal(void) {
    struct sched_param none = {.sched_priority = 0};
    if (sched_setscheduler(0, SCHED_OTHER, &none) == 0) return 0;
    // Without a privilege the flag cannot be taken back; it means nothing to an ordinary thread.
    return checked(sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none));
}

int clinux_thread_nice(void) {
    errno = 0;
    int now = getpriority(PRIO_PROCESS, (id_t)gettid());
    return now == -1 && errno ? -errno : 20 - now;
}

int clinux_thread_set_nice(int value) { return checked(setpriority(PRIO_PROCESS, (id_t)gettid(), value)); }

int clinux_thread_slack(unsigned long nanoseconds) { return checked(prctl(PR_SET_TIMERSLACK, nanoseconds)); }
