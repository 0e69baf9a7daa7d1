#pragma once
// What a preloaded filter asks Assay, and the answer; one question a connection of a SOCK_SEQPACKET Unix socket.
#include <stdint.h>

enum {
    PRELOAD_CONNECT = 1, // `address`; the socket comes along
    PRELOAD_SEND = 2,    // a datagram to `address`, which begins with `payload`; the socket comes along
    PRELOAD_NAME = 3,    // `payload` is a host's name
};
enum {
    PRELOAD_ALLOW = 0,
    PRELOAD_DONE = -1,    // Assay has made the call itself
    PRELOAD_REPLACE = -2, // the name's address is `text`
}; // above 0: an errno

typedef struct {
    uint32_t kind;
    uint32_t address_length;
    uint32_t payload_length;
    uint8_t address[128];
    uint8_t payload[512];
} preload_question;

typedef struct {
    int32_t verdict;
    char text[64];
} preload_answer;

/// The environment variable with the name of Assay's socket, in the abstract name space.
#define PRELOAD_VARIABLE "ASSAY_GUARD_SOCKET"
