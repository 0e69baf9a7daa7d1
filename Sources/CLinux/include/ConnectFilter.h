#pragma once
// A filter that asks a supervisor before a program may connect or send (seccomp user notification), and what the
// supervisor needs to answer. Source: seccomp(2), seccomp_unotify(2).
#include <stddef.h>
#include <stdint.h>

enum {
    CLINUX_CALL_CONNECT = 1,  // connect(fd, address, length)
    CLINUX_CALL_SENDTO = 2,   // sendto(fd, bytes, count, flags, address, length), with an address only
    CLINUX_CALL_SENDMSG = 3,  // sendmsg(fd, message, flags)
    CLINUX_CALL_SENDMMSG = 4, // sendmmsg(fd, messages, count, flags)
    CLINUX_CALL_SOCKET = 5,   // socket(family, type, protocol), of raw and packet sockets only
};

/// One call that waits for an answer.
typedef struct {
    uint64_t id;
    int32_t thread; // who called; 0: nobody that this process can see
    int32_t call;
    uint64_t arguments[6];
} clinux_filtered_call;

/// In a forked child: filters this process and its descendants for good, and sends the supervisor's descriptor with
/// the eight bytes `kind`, 0 over `control`. System calls only. Returns 0 or -errno.
int clinux_filter_begin(int control, int32_t kind);
/// Tries all of it on a child of its own: 1 when sockets can be borrowed too, 0 when not, -errno when the kernel or a
/// sandbox does not have it. Milliseconds.
int clinux_filter_probe(void);

/// Lets supervisor and program take turns on one core, which is faster for them; where the kernel can.
void clinux_filter_tune(int listener);
/// The next waiting call: 1, 0 when its caller is gone already, or -errno.
int clinux_filter_next(int listener, clinux_filtered_call *call);
/// Whether the caller still waits: what was read of it since is then of it.
int clinux_filter_waits(int listener, uint64_t id);
/// Lets the call go on as if there were no filter.
int clinux_filter_allow(int listener, uint64_t id);
/// Ends the call with `error`, or with `value` when that is 0.
int clinux_filter_answer(int listener, uint64_t id, int64_t value, int32_t error);

/// Reads another process's memory; the count of bytes or -errno.
int64_t clinux_peek(int process, uint64_t address, void *buffer, size_t count);
/// A descriptor of this process for an open socket of another, or -errno.
int clinux_borrow(int process, int descriptor);

/// Puts a descriptor of this process in the place of `number` in the caller's; `close_on_exec`: O_CLOEXEC or 0.
int clinux_filter_replace(int listener, uint64_t id, int descriptor, int number, int close_on_exec);
/// Name of another process's socket's protocol, like UDPv6; its length or -errno. Needs less than borrowing it.
int64_t clinux_socket_protocol(int process, int number, char *name, size_t capacity);

/// Receives up to `capacity` bytes and a descriptor (-1: none). Returns the count, 0 at the end, or -errno.
int64_t clinux_receive_descriptor(int socket, void *buffer, size_t capacity, int *descriptor);
/// A listening SOCK_SEQPACKET socket in the abstract name space of Unix sockets, or -errno.
int clinux_listen_abstract(const char *name);
/// Process id and user id of whoever is at the other end. Returns 0 or -errno.
int clinux_peer(int socket, int32_t *process, int32_t *user);
/// A bound UDP socket on the loopback address of a family (AF_INET, AF_INET6), non-blocking; its port in `port`.
int clinux_datagram_sink(int family, uint16_t *port);
