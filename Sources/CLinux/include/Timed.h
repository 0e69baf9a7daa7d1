#pragma once
// Times of arrival as the kernel saw them, and threads that must be on time.
#include <stddef.h>
#include <stdint.h>

/// Asks for the kernel's receive times of a socket (SO_TIMESTAMPING, software). Returns 0 or -errno.
int clinux_stamp_receives(int fd);
/// recvmsg that does not wait: count, 0 at the end, or -errno. `realtime`: when the last of these bytes came, CLOCK_REALTIME
/// nanoseconds; 0 when the kernel does not say.
int64_t clinux_receive_stamped(int fd, void *buffer, size_t capacity, int64_t *realtime);

// Of the calling thread alone; what it starts does not inherit it. Each returns 0 or -errno.

/// SCHED_FIFO at a priority from 1 on.
int clinux_thread_fifo(int priority);
/// SCHED_OTHER.
int clinux_thread_normal(void);
/// Its nice value as 20 - value, so that it is positive: 1...40.
int clinux_thread_nice(void);
int clinux_thread_set_nice(int value);
/// How late the kernel may end its sleeps to save wake-ups, nanoseconds; 0 for the thread's default, 50 µs.
int clinux_thread_slack(unsigned long nanoseconds);
