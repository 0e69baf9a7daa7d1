#define _GNU_SOURCE
#include "ConnectFilter.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// Kernel headers may be older than the kernel: what they lack has fixed numbers.
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, uint64_t)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_ADDFD
struct seccomp_notif_addfd {
    uint64_t id;
    uint32_t flags, srcfd, newfd, newfd_flags;
};
#define SECCOMP_ADDFD_FLAG_SETFD (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_ADDFD SECCOMP_IOW(3, struct seccomp_notif_addfd)
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#define FOREIGN AUDIT_ARCH_I386
// socketcall, sendmmsg, socket, connect, sendto, sendmsg
#define FOREIGN_CALLS {102, 345, 359, 362, 369, 370}
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#define FOREIGN AUDIT_ARCH_ARM
// sendmmsg, socket, connect, sendto, sendmsg and, as it has none, socket again
#define FOREIGN_CALLS {374, 281, 283, 290, 296, 281}
#endif

static int checked(int result) { return result < 0 ? -errno : result; }

#ifdef NATIVE

enum { MAX_RULES = 64 };
typedef struct {
    struct sock_filter rules[MAX_RULES];
    unsigned short count;
} program;

static void add(program *filter, uint16_t code, uint32_t value, uint8_t when_true, uint8_t when_false) {
    filter->rules[filter->count++] = (struct sock_filter){code, when_true, when_false, value};
}

static void load(program *filter, size_t offset) { add(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }
static void give(program *filter, uint32_t action) { add(filter, BPF_RET | BPF_K, action, 0, 0); }

/// `action` when the loaded word is `value`.
static void on(program *filter, uint32_t value, uint32_t action) {
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    give(filter, action);
}

#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + (n) * 8)
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the filter reads the low half of an argument first"
#endif

static void compose(program *filter) {
    const uint32_t missing = SECCOMP_RET_ERRNO | ENOSYS;
    const uint32_t foreign[6] = FOREIGN_CALLS;
    load(filter, offsetof(struct seccomp_data, arch));
    // A program of another word size has its own call numbers, and arguments that only it can read: no network.
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, FOREIGN, 0, 2 + 2 * 6 + 2);
    load(filter, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < 6; i++) on(filter, foreign[i], missing);
    on(filter, SYS_io_uring_setup, missing);
    give(filter, SECCOMP_RET_ALLOW);
    load(filter, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    add(filter, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);  // x32 is a second door to the same calls
    give(filter, missing);
#endif
    // What io_uring does is not seen here; programs fall back to calls that are.
    on(filter, SYS_io_uring_setup, missing);
    on(filter, SYS_connect, SECCOMP_RET_USER_NOTIF);
    on(filter, SYS_sendmsg, SECCOMP_RET_USER_NOTIF);
    on(filter, SYS_sendmmsg, SECCOMP_RET_USER_NOTIF);
    // send() is sendto without an address, and as frequent as requests: it does not ask.
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 6);
    load(filter, ARGUMENT(4));
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2);
    load(filter, ARGUMENT(4) + 4);
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    give(filter, SECCOMP_RET_USER_NOTIF);
    give(filter, SECCOMP_RET_ALLOW);
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
    give(filter, SECCOMP_RET_ALLOW);
    load(filter, ARGUMENT(0));
    on(filter, AF_PACKET, SECCOMP_RET_USER_NOTIF);
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0);
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0);
    give(filter, SECCOMP_RET_ALLOW);
    load(filter, ARGUMENT(1));
    add(filter, BPF_ALU | BPF_AND | BPF_K, 0xF, 0, 0);
    on(filter, SOCK_RAW, SECCOMP_RET_USER_NOTIF);
    give(filter, SECCOMP_RET_ALLOW);
}

/// The supervisor's descriptor or -errno.
static int install(void) {
    program filter = {.count = 0};
    compose(&filter);
    struct sock_fprog raw = {filter.count, filter.rules};
    // Where it is allowed without it, programs keep what set-user-id bits give them.
    for (int locked = 0; locked < 2; locked++) {
        if (locked && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
        unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
        long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &raw);
        if (listener < 0 && errno == EINVAL)  // before Linux 5.19 a signal interrupts the wait
            listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &raw);
        if (listener >= 0) return (int)listener;
        if (errno != EACCES) return -errno;
    }
    return -EACCES;
}

static int send_descriptor(int control, int32_t kind, int descriptor) {
    int32_t words[2] = {kind, 0};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } extra = {0};
    struct iovec part = {words, sizeof words};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &extra, .msg_controllen = sizeof extra};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    ssize_t sent;
    while ((sent = sendmsg(control, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {}
    return sent < 0 ? -errno : 0;
}

int clinux_filter_begin(int control, int32_t kind) {
    int numbers[2];
    if (pipe2(numbers, O_CLOEXEC) < 0) return -errno;
    // Once filtered, this process cannot send without being asked about. A child that was made before, and shares the
    // table of descriptors, sends for it.
    int self = getpid();
    long sender = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (sender < 0) return -errno;
    if (sender == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int listener = -1;
        if (getppid() != self || read(numbers[0], &listener, sizeof listener) != sizeof listener || listener < 0)
            _exit(1);
        _exit(send_descriptor(control, kind, listener) < 0 ? 1 : 0);
    }
    int listener = install(), status = 0;
    ssize_t told = write(numbers[1], &listener, sizeof listener);
    while (waitpid((int)sender, &status, 0) < 0 && errno == EINTR) {}
    close(numbers[0]);
    close(numbers[1]);
    if (listener < 0) return listener;
    close(listener);
    return told == sizeof listener && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECONNABORTED;
}

void clinux_filter_tune(int listener) {
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);  // Linux 6.6
}

int clinux_filter_next(int listener, clinux_filtered_call *call) {
    // A newer kernel may write more than the structure known here.
    union {
        struct seccomp_notif known;
        char room[512];
    } notice = {0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) < 0) return errno == ENOENT || errno == EINTR ? 0 : -errno;
    *call = (clinux_filtered_call){.id = notice.known.id, .thread = (int32_t)notice.known.pid};
    for (int i = 0; i < 6; i++) call->arguments[i] = notice.known.data.args[i];
    switch (notice.known.data.nr) {
    case SYS_connect: call->call = CLINUX_CALL_CONNECT; break;
    case SYS_sendto: call->call = CLINUX_CALL_SENDTO; break;
    case SYS_sendmsg: call->call = CLINUX_CALL_SENDMSG; break;
    case SYS_sendmmsg: call->call = CLINUX_CALL_SENDMMSG; break;
    case SYS_socket: call->call = CLINUX_CALL_SOCKET; break;
    }
    return 1;
}

int clinux_filter_waits(int listener, uint64_t id) { return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0; }

static int respond(int listener, uint64_t id, int64_t value, int32_t error, uint32_t flags) {
    union {
        struct seccomp_notif_resp known;
        char room[512];
    } answer = {.known = {.id = id, .val = value, .error = error, .flags = flags}};
    return checked(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer));
}

int clinux_filter_allow(int listener, uint64_t id) {
    return respond(listener, id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int clinux_filter_answer(int listener, uint64_t id, int64_t value, int32_t error) {
    return respond(listener, id, error ? 0 : value, -error, 0);
}

int clinux_filter_replace(int listener, uint64_t id, int descriptor, int number, int close_on_exec) {
    struct seccomp_notif_addfd request = {
        .id = id, .flags = SECCOMP_ADDFD_FLAG_SETFD, .srcfd = (uint32_t)descriptor, .newfd = (uint32_t)number,
        .newfd_flags = (uint32_t)close_on_exec};
    return checked(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &request));
}

#else

int clinux_filter_replace(int listener, uint64_t id, int descriptor, int number, int close_on_exec) { return -ENOSYS; }
int clinux_filter_begin(int control, int32_t kind) { return -ENOSYS; }
void clinux_filter_tune(int listener) {}
int clinux_filter_next(int listener, clinux_filtered_call *call) { return -ENOSYS; }
int clinux_filter_waits(int listener, uint64_t id) { return 0; }
int clinux_filter_allow(int listener, uint64_t id) { return -ENOSYS; }
int clinux_filter_answer(int listener, uint64_t id, int64_t value, int32_t error) { return -ENOSYS; }

#endif

int64_t clinux_peek(int process, uint64_t address, void *buffer, size_t count) {
    struct iovec here = {buffer, count}, there = {(void *)(uintptr_t)address, count};
    ssize_t got = process_vm_readv(process, &here, 1, &there, 1, 0);
    if (got >= 0) return got;
    if (errno != EPERM && errno != ENOSYS) return -errno;
    // A sandbox may refuse the call and not the file.
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/mem", process);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    got = pread(fd, buffer, count, (off_t)address);
    int error = errno;
    close(fd);
    return got < 0 ? -error : got;
}

int clinux_borrow(int process, int descriptor) {
    int handle = (int)syscall(SYS_pidfd_open, process, 0);
    if (handle < 0) return -errno;
    int borrowed = checked((int)syscall(SYS_pidfd_getfd, handle, descriptor, 0));
    close(handle);
    return borrowed;
}

int64_t clinux_socket_protocol(int process, int number, char *name, size_t capacity) {
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", process, number);
    ssize_t length = getxattr(path, "system.sockprotoname", name, capacity);
    return length < 0 ? -errno : length;
}

int64_t clinux_receive_descriptor(int socket, void *buffer, size_t capacity, int *descriptor) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } extra;
    struct iovec part = {buffer, capacity};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &extra, .msg_controllen = sizeof extra};
    ssize_t count;
    while ((count = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {}
    *descriptor = -1;
    if (count < 0) return -errno;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return count;
}

int clinux_listen_abstract(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length + 1 > sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 1024) == 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

int clinux_peer(int socket, int32_t *process, int32_t *user) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -errno;
    *process = peer.pid;
    *user = (int32_t)peer.uid;
    return 0;
}

int clinux_datagram_sink(int family, uint16_t *port) {
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t length = family == AF_INET ? sizeof four : sizeof six;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (bind(fd, address, length) < 0 || getsockname(fd, address, &length) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    *port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
    return fd;
}

// MARK: the probe

static void try_in_child(int control) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int error = clinux_filter_begin(control, 1);
    if (error < 0) _exit(error >= -200 ? -error : 1);
    // Refused by the supervisor before anything is sent; the address is reserved for documentation (RFC 5737).
    struct sockaddr_in nowhere = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(0xC0000201)}};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int refused = fd >= 0 && connect(fd, (struct sockaddr *)&nowhere, sizeof nowhere) < 0 && errno == EXDEV;
    struct sockaddr nothing = {.sa_family = AF_UNSPEC};
    int allowed = connect(fd, &nothing, sizeof nothing) == 0;
    _exit(refused && allowed ? 0 : ENOTSUP);
}

static int supervise_once(int control) {
    struct pollfd source = {control, POLLIN, 0};
    int32_t words[2];
    int listener = -1, result = -ECONNABORTED;
    if (poll(&source, 1, 5000) < 1 || clinux_receive_descriptor(control, words, sizeof words, &listener) < 1
        || listener < 0)
        return result;
    clinux_filtered_call call;
    source = (struct pollfd){listener, POLLIN, 0};
    if (poll(&source, 1, 5000) == 1 && (source.revents & POLLIN) && clinux_filter_next(listener, &call) == 1) {
        struct sockaddr_in seen = {0};
        int64_t count = clinux_peek(call.thread, call.arguments[1], &seen, sizeof seen);
        int borrowed = clinux_borrow(call.thread, (int)call.arguments[0]);
        if (borrowed >= 0) close(borrowed);
        result = count < 0 ? (int)count : seen.sin_port != htons(9) ? -ENOTSUP : borrowed >= 0;
        clinux_filter_answer(listener, call.id, 0, EXDEV);
        // Letting a call go on is younger than refusing it: Linux 5.5.
        if (poll(&source, 1, 5000) != 1 || clinux_filter_next(listener, &call) != 1
            || clinux_filter_allow(listener, call.id) < 0)
            result = -ENOTSUP;
    }
    close(listener);  // whoever still waits is refused by the kernel
    return result;
}

int clinux_filter_probe(void) {
    int control[2], status = 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0) return -errno;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int child = fork(), error = errno;
    if (child == 0) try_in_child(control[1]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(control[1]);
    int result = child < 0 ? -error : supervise_once(control[0]);
    close(control[0]);
    if (child < 0) return result;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (!WIFEXITED(status)) return -ENOTSUP;
    return WEXITSTATUS(status) == 0 ? result : -WEXITSTATUS(status);
}
