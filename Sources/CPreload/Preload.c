#define _GNU_SOURCE
#include "../CLinux/include/PreloadQuestion.h"  // the header alone: none of CLinux belongs in here
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

// Preloaded into the programs of a stand where the kernel does not let Assay see their calls: asks Assay before a
// program connects, sends a datagram or looks a name up. Everything else is the system's own.

// SwiftPM links every library with Swift's and the C++ runtime. Other people's programs must not be made to load them:
// this is the one place from which a flag comes before the libraries.
__attribute__((used, section(".swift1_autolink_entries"))) static const char only_what_is_used[] = "-Wl,--as-needed";

#define EXPORTED __attribute__((visibility("default")))

/// 0 when nobody answers.
static int ask(const preload_question *question, int fd, preload_answer *answer) {
    const char *name = getenv(PRELOAD_VARIABLE);
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    if (!name || strlen(name) + 1 > sizeof place.sun_path) return 0;
    memcpy(place.sun_path + 1, name, strlen(name));
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    int asking = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), answered = 0;
    if (asking < 0) return 0;
    struct iovec part = {(void *)question, sizeof *question};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } extra = {0};
    if (fd >= 0) {
        message.msg_control = &extra;
        message.msg_controllen = sizeof extra;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    if (syscall(SYS_connect, asking, &place, length) == 0
        && syscall(SYS_sendmsg, asking, &message, MSG_NOSIGNAL) == sizeof *question) {
        ssize_t count;
        while ((count = recv(asking, answer, sizeof *answer, 0)) < 0 && errno == EINTR) {}
        answered = count == sizeof *answer;
        answer->text[sizeof answer->text - 1] = 0;
    }
    close(asking);
    return answered;
}

static int is_loopback(const struct sockaddr *address, socklen_t length) {
    if (address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in))
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    if (address->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6))
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
    return address->sa_family == AF_UNIX;
}

/// `PRELOAD_ALLOW`, `PRELOAD_DONE` or an errno.
static int judge(uint32_t kind, int fd, const struct sockaddr *address, socklen_t length, const struct iovec *part) {
    if (!address || length < sizeof(sa_family_t) || length > sizeof(struct sockaddr_storage)) return PRELOAD_ALLOW;
    if (address->sa_family == AF_UNSPEC || address->sa_family == AF_NETLINK) return PRELOAD_ALLOW;
    int before = errno;
    preload_question question = {.kind = kind, .address_length = length};
    memcpy(question.address, address, length);
    if (part && part->iov_base) {
        question.payload_length = (uint32_t)(part->iov_len < sizeof question.payload ? part->iov_len : sizeof question.payload);
        memcpy(question.payload, part->iov_base, question.payload_length);
    }
    preload_answer answer;
    // Nobody there: Assay is gone and this program about to be ended. What was never meant to leave stays here.
    int verdict = ask(&question, fd, &answer) ? answer.verdict : is_loopback(address, length) ? 0 : ENETUNREACH;
    errno = before;
    return verdict;
}

EXPORTED int connect(int fd, const struct sockaddr *address, socklen_t length) {
    int verdict = judge(PRELOAD_CONNECT, fd, address, length, NULL);
    if (verdict == PRELOAD_DONE) return 0;
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    return (int)syscall(SYS_connect, fd, address, length);
}

EXPORTED ssize_t sendto(
    int fd, const void *bytes, size_t count, int flags, const struct sockaddr *address, socklen_t length) {
    struct iovec part = {(void *)bytes, count};
    int verdict = judge(PRELOAD_SEND, fd, address, length, &part);
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    return syscall(SYS_sendto, fd, bytes, count, flags, address, length);
}

static int judge_message(int fd, const struct msghdr *message) {
    if (!message || !message->msg_name) return PRELOAD_ALLOW;
    return judge(PRELOAD_SEND, fd, message->msg_name, message->msg_namelen, message->msg_iovlen ? message->msg_iov : NULL);
}

EXPORTED ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    int verdict = judge_message(fd, message);
    if (verdict > 0) {
        errno = verdict;
        return -1;
    }
    return syscall(SYS_sendmsg, fd, message, flags);
}

EXPORTED int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
    for (unsigned int i = 0; messages && i < count; i++) {
        int verdict = judge_message(fd, &messages[i].msg_hdr);
        if (verdict <= 0) continue;
        if (i > 0) return (int)syscall(SYS_sendmmsg, fd, messages, i, flags);  // those before it, as the call would
        errno = verdict;
        return -1;
    }
    return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
}

// MARK: names

/// What to look up in place of a name: the C library's own look-up does not go through the functions above.
static const char *replaced(const char *name, preload_answer *answer) {
    size_t length = name ? strlen(name) : 0;
    preload_question question = {.kind = PRELOAD_NAME, .payload_length = (uint32_t)length};
    if (length == 0 || length > sizeof question.payload) return name;
    memcpy(question.payload, name, length);
    int before = errno, answered = ask(&question, -1, answer);
    errno = before;
    return answered && answer->verdict == PRELOAD_REPLACE ? answer->text : name;
}

#define THE_SYSTEMS(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

EXPORTED int getaddrinfo(
    const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list) {
    preload_answer answer;
    return THE_SYSTEMS(getaddrinfo)(replaced(node, &answer), service, hints, list);
}

EXPORTED struct hostent *gethostbyname(const char *name) {
    preload_answer answer;
    return THE_SYSTEMS(gethostbyname)(replaced(name, &answer));
}

EXPORTED struct hostent *gethostbyname2(const char *name, int family) {
    preload_answer answer;
    return THE_SYSTEMS(gethostbyname2)(replaced(name, &answer), family);
}

EXPORTED int gethostbyname_r(
    const char *name, struct hostent *host, char *room, size_t size, struct hostent **found, int *error) {
    preload_answer answer;
    return THE_SYSTEMS(gethostbyname_r)(replaced(name, &answer), host, room, size, found, error);
}

EXPORTED int gethostbyname2_r(
    const char *name, int family, struct hostent *host, char *room, size_t size, struct hostent **found, int *error) {
    preload_answer answer;
    return THE_SYSTEMS(gethostbyname2_r)(replaced(name, &answer), family, host, room, size, found, error);
}
