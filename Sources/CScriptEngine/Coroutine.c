#define _GNU_SOURCE
#include "ScriptEngine.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// A switch saves what a called function must preserve (System V ABI, AAPCS64) on the stack that is left, and takes it
// from the one that is entered. The signal mask is left alone: no system call.

struct script_coroutine {
    void *inside;  // stack pointer while it is not running
    void *outside; // of whoever resumed it, while it is
    void (*body)(void *);
    void *argument;
    char *memory; // the guard page first
    size_t size;
    bool is_over;
};

void script_switch(void **leaving, void *entering);
void script_enter(void);

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl script_switch\n"
        ".type script_switch, @function\n"
        "script_switch:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size script_switch, .-script_switch\n"
        // The first switch to a stack returns here, with the coroutine in rbx.
        ".globl script_enter\n"
        ".type script_enter, @function\n"
        "script_enter:\n"
        "  movq %rbx, %rdi\n"
        "  xorl %ebp, %ebp\n"
        "  call script_coroutine_main\n"
        "  ud2\n"
        ".size script_enter, .-script_enter\n");
enum { saved_words = 7, start_word = 4, return_word = 6 };
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl script_switch\n"
        ".type script_switch, %function\n"
        "script_switch:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp]\n  stp x21, x22, [sp, #16]\n  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n  stp x27, x28, [sp, #64]\n  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n  stp d10, d11, [sp, #112]\n  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  mov x9, sp\n  str x9, [x0]\n  mov sp, x1\n"
        "  ldp x19, x20, [sp]\n  ldp x21, x22, [sp, #16]\n  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n  ldp x27, x28, [sp, #64]\n  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n  ldp d10, d11, [sp, #112]\n  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n  ret\n"
        ".size script_switch, .-script_switch\n"
        ".globl script_enter\n"
        ".type script_enter, %function\n"
        "script_enter:\n"
        "  mov x0, x19\n  mov x29, xzr\n  bl script_coroutine_main\n  brk #1\n"
        ".size script_enter, .-script_enter\n");
enum { saved_words = 20, start_word = 0, return_word = 11 };
#else
#error "coroutines need a switch of stacks for this processor"
#endif

void script_coroutine_main(script_coroutine *coroutine) {
    coroutine->body(coroutine->argument);
    coroutine->is_over = true;
    script_coroutine_yield(coroutine);
    abort(); // nobody resumes what is over
}

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

script_coroutine *script_coroutine_make(size_t size) {
    size_t one = page();
    size = (size + one - 1) / one * one + one;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK,
                        -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    // Huge pages would make every stack as large as one of them.
    madvise(memory, size, MADV_NOHUGEPAGE);
    script_coroutine *coroutine = calloc(1, sizeof *coroutine);
    if (!coroutine || mprotect(memory, one, PROT_NONE) != 0) {
        munmap(memory, size);
        free(coroutine);
        return NULL;
    }
    coroutine->memory = memory;
    coroutine->size = size;
    coroutine->is_over = true;
    return coroutine;
}

void script_coroutine_free(script_coroutine *coroutine) {
    munmap(coroutine->memory, coroutine->size);
    free(coroutine);
}

size_t script_coroutine_size(const script_coroutine *coroutine) { return coroutine->size - page(); }

bool script_coroutine_begin(script_coroutine *coroutine, void (*body)(void *), void *argument) {
    coroutine->body = body;
    coroutine->argument = argument;
    coroutine->is_over = false;
    // The stack as script_switch leaves it: saved registers, then where to return to.
    void **top = (void **)(coroutine->memory + coroutine->size) - 4;
    void **frame = top - saved_words;
    for (int word = 0; word < saved_words; word++)
        frame[word] = NULL;
    frame[start_word] = coroutine;
    *(void (**)(void))&frame[return_word] = script_enter;
    coroutine->inside = frame;
    return script_coroutine_resume(coroutine);
}

bool script_coroutine_resume(script_coroutine *coroutine) {
    script_switch(&coroutine->outside, coroutine->inside);
    return !coroutine->is_over;
}

void script_coroutine_yield(script_coroutine *coroutine) { script_switch(&coroutine->inside, coroutine->outside); }

void script_coroutine_trim(script_coroutine *coroutine) {
    enum { kept = 16 << 10 };
    size_t usable = script_coroutine_size(coroutine);
    if (usable > kept)
        madvise(coroutine->memory + page(), usable - kept, MADV_DONTNEED);
}
