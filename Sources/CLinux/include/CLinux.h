#pragma once
// What Swift's Glibc module does not have, in plain types. `_GNU_SOURCE` stays in the .c files: in a header it
// would clash with Glibc's modules.
#include <stdint.h>
#include <stddef.h>
#include "ConnectFilter.h"
#include "Keeper.h"
#include "PreloadQuestion.h"
#include "Timed.h"

// -- epoll ------------------------------------------------------------------------------------------------
enum {
    CLINUX_IN = 0x001,
    CLINUX_OUT = 0x004,
    CLINUX_ERR = 0x008,
    CLINUX_HUP = 0x010,
    CLINUX_RDHUP = 0x2000,
};
#define CLINUX_EDGE 0x80000000u

/// One readiness event; same layout as `struct epoll_event` on x86-64 (packed) and elsewhere, checked in CLinux.c.
typedef struct
#if defined(__x86_64__)
    __attribute__((packed))
#endif
{
    uint32_t events;
    uint64_t token;
} clinux_event;

int clinux_epoll_create(void);
/// Returns 0 or -errno, as all functions here.
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
/// Waits up to `nanoseconds` (negative: for ever); returns the number of events or -errno.
int clinux_epoll_wait(int epoll, clinux_event *events, int capacity, int64_t nanoseconds);

// -- other descriptors ------------------------------------------------------------------------------------
int clinux_eventfd(void);
/// A descriptor that reads the signals of `mask` (bit n-1 = signal n), which are blocked in this thread.
int clinux_signalfd(uint64_t mask);
/// The next signal, 0 when there is none.
int clinux_signalfd_read(int fd);
/// accept4 with non-blocking and close-on-exec set.
int clinux_accept(int listener);
/// A non-blocking, close-on-exec stream socket.
int clinux_stream_socket(int family);
/// A pipe, both ends close-on-exec, the reading end non-blocking.
int clinux_pipe(int ends[2]);

// -- time and use -----------------------------------------------------------------------------------------
/// CLOCK_MONOTONIC, nanoseconds.
int64_t clinux_monotonic(void);
/// CLOCK_REALTIME, nanoseconds since 1970.
int64_t clinux_realtime(void);
/// User + system CPU time of this process, nanoseconds.
int64_t clinux_cpu_time(void);
/// Largest resident set of this process so far, bytes.
int64_t clinux_peak_memory(void);

// -- sockets ----------------------------------------------------------------------------------------------
/// SO_ERROR of a socket.
int clinux_socket_error(int fd);
int clinux_set_nodelay(int fd);
/// Close sends RST instead of FIN.
int clinux_set_linger_zero(int fd);
/// Bytes that were sent and that the peer's kernel has not yet acknowledged.
int clinux_unsent(int fd);

// -- threads ----------------------------------------------------------------------------------------------
/// Names a thread (pthread_t as an integer) for debuggers and `top -H`; cut at 15 bytes.
int clinux_name_thread(unsigned long thread, const char *name);

/// Removes a System V shared memory segment that nobody is attached to.
/// @return 0, or a negative errno.
int clinux_remove_shared_memory(int identifier);
