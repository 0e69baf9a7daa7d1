#define _GNU_SOURCE
#include "Keeper.h"
#include "ConnectFilter.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Between fork and exec, and in the keeper for good, only system calls are allowed: Assay has many threads, and a lock
// of malloc or stdio may be held by one that does not exist in the child.

typedef struct {
    int32_t signal;
    int32_t grace_milliseconds;
} stop_request;

enum { MAX_PROCESSES = 32768 };
typedef struct {
    int pid, parent;
    uint64_t began;
    int below;
} process;
static process processes[MAX_PROCESSES];  // the keeper's own copy; untouched pages cost nothing

static int64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell(int control, int32_t kind, int32_t value) {
    clinux_keeper_news news = {kind, value};
    while (send(control, &news, sizeof news, MSG_NOSIGNAL) < 0 && errno == EINTR) {}
}

// MARK: the tree

/// Parent and start time of a process from /proc; 0 when it is gone.
static int look(int pid, process *found) {
    char path[32] = "/proc/", digits[12], text[1024];
    int length = 0, end = 6;
    for (int rest = pid; rest > 0; rest /= 10) digits[length++] = (char)('0' + rest % 10);
    while (length > 0) path[end++] = digits[--length];
    memcpy(path + end, "/stat", 6);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t count = read(fd, text, sizeof text - 1);
    close(fd);
    if (count <= 0) return 0;
    text[count] = 0;
    // The name in parentheses may hold anything: fields are counted from the last one. Field 3 is the state.
    char *cursor = strrchr(text, ')');
    if (!cursor) return 0;
    *found = (process){.pid = pid};
    int field = 2;
    for (cursor++; *cursor; cursor++) {
        if (*cursor != ' ') continue;
        field++;
        uint64_t value = 0;
        for (char *digit = cursor + 1; *digit >= '0' && *digit <= '9'; digit++)
            value = value * 10 + (uint64_t)(*digit - '0');
        if (field == 4) found->parent = (int)value;
        if (field == 22) {
            found->began = value;
            return 1;
        }
    }
    return 0;
}

static int list_processes(void) {
    struct {
        uint64_t inode;
        int64_t offset;
        unsigned short length;
        unsigned char type;
        char name[];
    } *entry;
    _Alignas(8) char buffer[8192];
    int folder = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), count = 0;
    if (folder < 0) return 0;
    long got;
    while ((got = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < got; at += entry->length) {
            entry = (void *)(buffer + at);
            int pid = 0;
            const char *name = entry->name;
            for (; *name >= '0' && *name <= '9'; name++) pid = pid * 10 + (*name - '0');
            if (*name || pid == 0 || count == MAX_PROCESSES) continue;
            if (look(pid, &processes[count])) count++;
        }
    }
    close(folder);
    return count;
}

/// Signals a process through a descriptor taken before it is looked at again, so that no stranger with a reused
/// number is hit.
static void signal_same(const process *known, int number) {
    int fd = (int)syscall(SYS_pidfd_open, known->pid, 0);
    process again;
    if (look(known->pid, &again) && again.began == known->began) {
        if (fd >= 0)
            syscall(SYS_pidfd_send_signal, fd, number, NULL, 0);
        else if (errno == ENOSYS)
            kill(known->pid, number);
    }
    if (fd >= 0) close(fd);
}

/// Signals everything below this process.
static void signal_tree(int number) {
    int self = getpid(), count = list_processes(), grew = 1;
    while (grew) {
        grew = 0;
        for (int i = 0; i < count; i++) {
            if (processes[i].below) continue;
            int below = processes[i].parent == self;
            for (int j = 0; j < count && !below; j++)
                below = processes[j].below && processes[j].pid == processes[i].parent;
            if (below) processes[i].below = grew = 1;
        }
    }
    for (int i = 0; i < count; i++)
        if (processes[i].below) {
            signal_same(&processes[i], number);
            if (number != SIGKILL) signal_same(&processes[i], SIGCONT);  // a stopped process would not hear it
        }
}

// MARK: the program

static void reset_signals(void) {
    for (int number = 1; number < 65; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void fail(int report, int32_t kind, int32_t error) {
    clinux_keeper_news news = {kind, error};
    while (write(report, &news, sizeof news) < 0 && errno == EINTR) {}
    _exit(127);
}

/// In the program's process: never returns.
static void execute(const clinux_keeper_spec *spec, int keeper, int control, int report) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper) _exit(127);
    setsid();
    if (spec->folder && chdir(spec->folder) < 0) fail(report, CLINUX_KEEPER_NO_FOLDER, errno);
    reset_signals();
    int error = spec->filtered ? clinux_filter_begin(control, CLINUX_KEEPER_FILTERED) : 0;
    if (error < 0) fail(report, CLINUX_KEEPER_NO_FILTER, -error);
    execve(spec->program, (char *const *)spec->words, (char *const *)spec->environment);
    fail(report, CLINUX_KEEPER_NO_EXEC, errno);
}

/// Collects whoever ended; returns 0 when nothing is left below.
static int collect(int program, int control) {
    for (;;) {
        int status, pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid == 0) return 1;
        if (pid < 0) {
            if (errno == EINTR) continue;
            return 0;
        }
        if (pid == program) tell(control, CLINUX_KEEPER_EXITED, status);
    }
}

/// The keeper's loop: until nothing is left below.
static void keep(int program, int control, int children, int32_t default_grace) {
    int64_t kill_at = -1;
    int listening = 1, left = collect(program, control);
    while (left) {
        int timeout = -1;
        if (kill_at >= 0) {
            int64_t rest = kill_at - now_milliseconds();
            timeout = rest > 0 ? (int)rest : 10;
            if (rest <= 0) signal_tree(SIGKILL);
        }
        struct pollfd sources[2] = {{children, POLLIN, 0}, {listening ? control : -1, POLLIN, 0}};
        poll(sources, 2, timeout);
        stop_request wish = {SIGTERM, default_grace};
        int asked = 0;
        if (sources[1].revents) {
            ssize_t count = recv(control, &wish, sizeof wish, MSG_DONTWAIT);
            if (count == (ssize_t)sizeof wish) {
                asked = 1;
            } else if (count >= 0 || (errno != EAGAIN && errno != EINTR)) {
                asked = 1;  // Assay is gone
                listening = 0;
                wish = (stop_request){SIGTERM, default_grace};
            }
        }
        if (sources[0].revents) {
            struct signalfd_siginfo info;
            while (read(children, &info, sizeof info) > 0) {}
            left = collect(program, control);
            // What a program leaves behind goes with it.
            if (left && kill_at < 0 && kill(program, 0) < 0 && errno == ESRCH) asked = 1;
        }
        if (asked && left) {
            int64_t at = now_milliseconds() + wish.grace_milliseconds;
            if (kill_at < 0 || at < kill_at) kill_at = at;
            signal_tree(wish.signal);
        }
    }
}

static void be_keeper(const clinux_keeper_spec *spec, int control, int input, int output, int errors) {
    // All descriptors above the standard three are Assay's; those that are ours move to 3…6 first.
    int parked[4] = {fcntl(control, F_DUPFD_CLOEXEC, 64), fcntl(output, F_DUPFD_CLOEXEC, 64),
                     fcntl(errors, F_DUPFD_CLOEXEC, 64), -1};
    parked[3] = input >= 0 ? fcntl(input, F_DUPFD_CLOEXEC, 64) : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (parked[3] >= 0 && parked[3] < 64) parked[3] = fcntl(parked[3], F_DUPFD_CLOEXEC, 64);
    for (int i = 0; i < 4; i++)
        if (parked[i] < 0) {
            tell(control, CLINUX_KEEPER_NO_FORK, errno);
            _exit(127);
        }
    dup2(parked[3], 0);
    dup2(parked[1], 1);
    dup2(parked[2], 2);
    dup3(parked[0], 3, O_CLOEXEC);
    control = 3;
    if (syscall(SYS_close_range, 4, ~0u, 0) < 0)
        for (int fd = 4; fd < 65536; fd++) close(fd);

    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "assay-keeper");
    sigset_t all, child;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC), report[2], self = getpid(), program = -1;
    if (children < 0 || pipe2(report, O_CLOEXEC) < 0 || (program = fork()) < 0) {
        tell(control, CLINUX_KEEPER_NO_FORK, errno);
        _exit(127);
    }
    if (program == 0) execute(spec, self, control, report[1]);
    close(report[1]);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) dup2(null, fd);  // so that the pipes end with the program's tree
    clinux_keeper_news failure;
    ssize_t count;
    while ((count = read(report[0], &failure, sizeof failure)) < 0 && errno == EINTR) {}
    close(report[0]);
    if (count == (ssize_t)sizeof failure) {
        waitpid(program, NULL, 0);
        tell(control, failure.kind, failure.value);
        _exit(0);
    }
    tell(control, CLINUX_KEEPER_STARTED, program);
    keep(program, control, children, spec->grace_milliseconds);
    _exit(0);
}

// MARK: Assay's side

static void close_all(const int *fds, int count) {
    for (int i = 0; i < count; i++)
        if (fds[i] >= 0) close(fds[i]);
}

int clinux_keeper_start(const clinux_keeper_spec *spec, clinux_keeper *keeper) {
    // control: 0 ours, 1 the keeper's; pipes: even ends are read from.
    int fds[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0 || pipe2(fds + 2, O_CLOEXEC) < 0
        || pipe2(fds + 4, O_CLOEXEC) < 0 || (spec->with_input && pipe2(fds + 6, O_CLOEXEC) < 0)) {
        int error = errno;
        close_all(fds, 8);
        return -error;
    }
    // Signals wait until the keeper has its own dispositions: a handler of Assay's must not run in it.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int pid = fork(), error = errno;
    if (pid == 0) be_keeper(spec, fds[1], fds[6], fds[3], fds[5]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) {
        close_all(fds, 8);
        return -error;
    }
    int theirs[4] = {fds[1], fds[3], fds[5], fds[6]}, ours[4] = {fds[0], fds[2], fds[4], fds[7]};
    close_all(theirs, 4);
    for (int i = 0; i < 4; i++)
        if (ours[i] >= 0) fcntl(ours[i], F_SETFL, fcntl(ours[i], F_GETFL) | O_NONBLOCK);
    *keeper = (clinux_keeper){pid, fds[0], fds[7], fds[2], fds[4]};
    return 0;
}

int clinux_keeper_next(int control, clinux_keeper_news *news, int *descriptor) {
    int64_t count = clinux_receive_descriptor(control, news, sizeof *news, descriptor);
    if (count == (int64_t)sizeof *news) return 1;
    return count >= 0 || count == -ECONNRESET ? 0 : (int)count;
}

int clinux_keeper_stop(int control, int32_t number, int32_t grace_milliseconds) {
    stop_request wish = {number, grace_milliseconds};
    return send(control, &wish, sizeof wish, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

void clinux_keeper_collect(int pid) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
}
