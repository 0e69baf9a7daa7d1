#pragma once
// A keeper is a small process between Assay and a program it runs. It adopts every orphan below it, so that the
// program's whole tree can be ended: when asked, when the program ends, and when Assay is gone for any reason.
#include <stdint.h>

typedef struct {
    const char *program;        // path, resolved already
    const char *const *words;   // argv, null-terminated
    const char *const *environment;
    const char *folder;         // null: where Assay is
    int with_input;             // 1: a pipe for standard input, 0: /dev/null
    int32_t grace_milliseconds; // between TERM and KILL when nobody asked for another
    int filtered;               // 1: below the filter of ConnectFilter.h
} clinux_keeper_spec;

/// Assay's ends, all close-on-exec and non-blocking; `input` is -1 without one.
typedef struct {
    int pid;
    int control;
    int input;
    int output;
    int errors;
} clinux_keeper;

enum {
    CLINUX_KEEPER_STARTED = 1,   // value: process id of the program
    CLINUX_KEEPER_NO_FOLDER = 2, // value: errno of chdir
    CLINUX_KEEPER_NO_EXEC = 3,   // value: errno of execve
    CLINUX_KEEPER_NO_FORK = 4,   // value: errno of fork or pipe
    CLINUX_KEEPER_EXITED = 5,    // value: the wait status
    CLINUX_KEEPER_FILTERED = 6,  // comes with the supervisor's descriptor, before STARTED
    CLINUX_KEEPER_NO_FILTER = 7, // value: errno of the filter
};

typedef struct {
    int32_t kind;
    int32_t value;
} clinux_keeper_news;

/// Forks a keeper, which forks and executes the program. Returns 0 or -errno.
int clinux_keeper_start(const clinux_keeper_spec *spec, clinux_keeper *keeper);
/// The next news: 1, 0 when the keeper is gone (nothing is left of the tree), or -errno (EAGAIN: nothing yet).
/// `descriptor` is what came with it, -1 for none.
int clinux_keeper_next(int control, clinux_keeper_news *news, int *descriptor);
/// Asks for the end of the tree: `signal`, then KILL after the grace period. Returns 0 or -errno.
int clinux_keeper_stop(int control, int32_t signal, int32_t grace_milliseconds);
/// Collects the keeper's exit; to be called when it is gone.
void clinux_keeper_collect(int pid);
