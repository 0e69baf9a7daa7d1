#pragma once
// A JavaScript engine as Assay sees it: a table of functions that a library loaded at run time fills in. Nothing of the
// engine itself is here: Bridge/Bridge.c implements the table over QuickJS-ng and is compiled by scripts/setup.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Rises with every change of this file that a library built before would not notice.
#define SCRIPT_ENGINE_VERSION 3

/// A value of the engine: what `tag` says, in `bits`. A negative tag is counted: somebody owns it.
typedef struct {
    uint64_t bits;
    int64_t tag;
} ScriptValue;

/// The tags that are told apart; checked against the engine's in Bridge.c.
enum {
    SCRIPT_BIG_INTEGER = -9,
    SCRIPT_SYMBOL = -8,
    SCRIPT_STRING = -7,
    SCRIPT_ROPE = -6, // a string that is not joined yet
    SCRIPT_OBJECT = -1,
    SCRIPT_INTEGER = 0,
    SCRIPT_BOOLEAN = 1,
    SCRIPT_NULL = 2,
    SCRIPT_UNDEFINED = 3,
    SCRIPT_EXCEPTION = 6,
    SCRIPT_DOUBLE = 8,
};

typedef struct script_runtime script_runtime;
typedef struct script_context script_context;
typedef struct script_module script_module;

/// What the engine asks of its owner; `owner` is what the context was made with.
typedef struct {
    /// A native function is called. Arguments are borrowed, what is returned is given away. `number` -1: a closure,
    /// whose data takes the receiver's place.
    ScriptValue (*call)(void *owner, ScriptValue receiver, int count, const ScriptValue *arguments, int number);
    /// A native object is gone: its payload is released.
    void (*release)(void *payload);
    /// A while has passed in the script: nonzero ends it with an exception that it cannot catch.
    int (*interrupt)(void *owner);
    /// The name of a module that `base` imports as `name`, from malloc; null: it has thrown.
    char *(*resolve)(void *owner, const char *base, const char *name);
    /// A module by its resolved name; null: it has thrown.
    script_module *(*load)(void *owner, const char *name);
    /// A native module is evaluated: sets its exports. Negative: it has thrown.
    int (*fill)(void *owner, script_module *module, int number);
    /// A promise was rejected that nobody handles (yet), or is handled now.
    void (*rejected)(void *owner, ScriptValue promise, ScriptValue reason, bool is_handled);
} script_hooks;

enum {
    SCRIPT_FUNCTION = 0,
    SCRIPT_CONSTRUCTOR = 1,
    /// With `new` or without.
    SCRIPT_CONSTRUCTOR_OR_FUNCTION = 2,
};

/// Parts of the language that a context may be without: each takes memory, and most scripts name none of them.
enum {
    SCRIPT_BUFFERS = 1,     // ArrayBuffer, typed arrays, DataView
    SCRIPT_COLLECTIONS = 2, // Map, Set and their weak forms
    SCRIPT_WEAK = 4,        // WeakRef, FinalizationRegistry
    SCRIPT_WEB = 8,         // atob, btoa, DOMException, performance
    SCRIPT_DATES = 16,
};

/// An own property that the objects of a record have from the start.
typedef struct {
    const char *name;
    /// Of the native function: one that makes the value when it is first read, or the method itself. The former is also
    /// called, with one argument, before the script replaces the value by that.
    int number;
    int arity;
    bool is_method;
} script_field;

enum { SCRIPT_PENDING = 0, SCRIPT_FULFILLED = 1, SCRIPT_REJECTED = 2 };

typedef struct {
    int version;
    const char *engine_version;

    // -- runtimes; each belongs to one thread at a time
    /// Names that many runtimes will have: kept once a thread, when they are told before its first runtime is made.
    void (*remember_names)(int count, const char *const *names);
    script_runtime *(*make_runtime)(size_t memory_limit);
    void (*free_runtime)(script_runtime *);
    /// `hooks` outlive it.
    script_context *(*make_context)(script_runtime *, const script_hooks *hooks, void *owner, int parts);
    /// Adds parts that a context was made without; where there is no room, an exception is pending.
    void (*add_parts)(script_context *, int parts);
    void (*set_owner)(script_context *, void *owner);
    void (*free_context)(script_context *);
    /// To be called on the stack the script will run on, of which `size` bytes below this frame are its own; 0: no bound.
    void (*enter_stack)(script_runtime *, size_t size);
    void (*collect)(script_runtime *);
    size_t (*used_memory)(script_runtime *);

    // -- values
    ScriptValue (*duplicate)(script_context *, ScriptValue);
    void (*free_value)(script_context *, ScriptValue);
    ScriptValue (*make_double)(script_context *, double);
    ScriptValue (*make_string)(script_context *, const char *bytes, size_t count);
    ScriptValue (*make_object)(script_context *);
    ScriptValue (*make_object_like)(script_context *, ScriptValue prototype);
    ScriptValue (*make_array)(script_context *);
    ScriptValue (*make_buffer)(script_context *, const uint8_t *bytes, size_t count);
    ScriptValue (*make_date)(script_context *, double milliseconds);
    ScriptValue (*make_error)(script_context *);
    ScriptValue (*make_function)(script_context *, const char *name, int arity, int kind, int number);
    /// What a function is made of when it is first read; kept for the life of the process.
    const void *(*make_entry)(const char *name, int arity, int number, bool is_enumerable);
    /// The same for a text.
    const void *(*make_text_entry)(const char *name, const char *text);
    int (*define_lazily)(script_context *, ScriptValue object, const void *entry);
    /// A function that keeps a value.
    ScriptValue (*make_closure)(script_context *, const char *name, int arity, ScriptValue data);
    void (*set_constructor)(script_context *, ScriptValue function, ScriptValue prototype);
    /// An object with a payload that is released with it; `prototype` undefined: none of its own.
    ScriptValue (*make_native)(script_context *, ScriptValue prototype, void *payload);
    /// Null when it is not such an object.
    void *(*native_payload)(ScriptValue);
    /// What objects with the same own properties have in common; kept for the life of the process.
    const void *(*make_record)(int count, const script_field *fields);
    /// A native object of a record: its values can be replaced, its properties neither removed nor added to.
    ScriptValue (*make_record_object)(script_context *, const void *record, void *payload);
    /// A value that such an object keeps, and scripts do not see; undefined before it was set.
    ScriptValue (*hidden)(script_context *, ScriptValue object);
    /// `value` is given away.
    void (*set_hidden)(script_context *, ScriptValue object, ScriptValue value);
    ScriptValue (*make_proxy)(script_context *, ScriptValue target, ScriptValue handler);
    ScriptValue (*make_promise)(script_context *, ScriptValue *resolve, ScriptValue *reject);
    int (*promise_state)(script_context *, ScriptValue); // negative: no promise
    ScriptValue (*promise_result)(script_context *, ScriptValue);
    ScriptValue (*promise_then)(script_context *, ScriptValue, ScriptValue fulfilled, ScriptValue rejected);
    ScriptValue (*global)(script_context *);

    // -- questions
    bool (*is_function)(script_context *, ScriptValue);
    bool (*is_array)(ScriptValue);
    bool (*is_error)(ScriptValue);
    bool (*is_date)(ScriptValue);
    bool (*is_regexp)(ScriptValue);
    bool (*is_uncatchable)(ScriptValue);
    int (*to_boolean)(script_context *, ScriptValue);
    /// 0, or -1 when it has thrown.
    int (*to_double)(script_context *, ScriptValue, double *);
    ScriptValue (*to_string)(script_context *, ScriptValue);
    /// UTF-8, null-terminated, to be given to free_text; null: it has thrown.
    const char *(*text)(script_context *, ScriptValue, size_t *count);
    void (*free_text)(script_context *, const char *);
    /// The bytes of an ArrayBuffer, typed array or data view, borrowed; null when it is none.
    const uint8_t *(*buffer)(script_context *, ScriptValue, size_t *count);
    bool (*is_same)(script_context *, ScriptValue, ScriptValue);
    int (*is_instance)(script_context *, ScriptValue, ScriptValue constructor);

    // -- properties; a result with SCRIPT_EXCEPTION or negative means that it has thrown
    ScriptValue (*get)(script_context *, ScriptValue object, const char *name);
    ScriptValue (*get_at)(script_context *, ScriptValue object, uint32_t index);
    int (*set)(script_context *, ScriptValue object, const char *name, ScriptValue);
    int (*set_at)(script_context *, ScriptValue object, uint32_t index, ScriptValue);
    /// Neither enumerated nor to be changed.
    int (*define)(script_context *, ScriptValue object, const char *name, ScriptValue);
    /// Functions or undefined; both are given away.
    int (*define_accessor)(script_context *, ScriptValue object, const char *name, ScriptValue get, ScriptValue set);
    int (*remove)(script_context *, ScriptValue object, const char *name);
    int (*freeze)(script_context *, ScriptValue object);
    int (*length)(script_context *, ScriptValue object, int64_t *);
    /// Own enumerable string keys, in order, as an array.
    ScriptValue (*keys)(script_context *, ScriptValue object);
    ScriptValue (*prototype)(script_context *, ScriptValue object);

    // -- running
    ScriptValue (*call)(script_context *, ScriptValue function, ScriptValue receiver, int count, ScriptValue *arguments);
    ScriptValue (*construct)(script_context *, ScriptValue function, int count, ScriptValue *arguments);
    /// Not null-terminated text needs not be: `bytes[count]` must be 0.
    ScriptValue (*evaluate)(script_context *, const char *bytes, size_t count, const char *file, bool is_strict);
    ScriptValue (*throw_value)(script_context *, ScriptValue);
    /// `kind` one of Error, TypeError, RangeError, SyntaxError, ReferenceError.
    ScriptValue (*throw_error)(script_context *, const char *kind, const char *message);
    ScriptValue (*exception)(script_context *);
    /// Puts back an exception that cannot be caught.
    ScriptValue (*throw_uncatchable)(script_context *);
    /// 1: one was executed, 0: none is left, negative: it has thrown.
    int (*run_job)(script_runtime *);
    ScriptValue (*parse_json)(script_context *, const char *bytes, size_t count, const char *name);
    ScriptValue (*to_json)(script_context *, ScriptValue, ScriptValue replacer, ScriptValue space);

    // -- modules
    /// Compiles without running or resolving; null: it has thrown.
    script_module *(*compile)(script_context *, const char *bytes, size_t count, const char *file);
    /// The bytecode, to be given to free_bytes; `keeps_source`: functions can tell their text.
    uint8_t *(*write_module)(script_context *, script_module *, bool keeps_source, size_t *count);
    void (*free_bytes)(script_context *, uint8_t *);
    /// From bytecode of the same engine.
    script_module *(*read_module)(script_context *, const uint8_t *bytes, size_t count);
    script_module *(*make_native_module)(script_context *, const char *name, int number);
    int (*add_export)(script_context *, script_module *, const char *name);
    int (*set_export)(script_context *, script_module *, const char *name, ScriptValue);
    /// Loads what it imports; negative: it has thrown.
    int (*resolve_imports)(script_context *, script_module *);
    /// Runs it; a promise, for it may await.
    ScriptValue (*run_module)(script_context *, script_module *);
    ScriptValue (*namespace_of)(script_context *, script_module *);
    /// Loads and runs a module by name, as `import()` does; a promise.
    ScriptValue (*load_module)(script_context *, const char *base, const char *name);
} script_engine;

/// Loads the library at `path` and gives its table; null: `*message` says why, and is to be freed.
const script_engine *script_engine_load(const char *path, char **message);

// -- coroutines --------------------------------------------------------------------------------------------

/// A stack of its own, on which a function runs until it yields.
typedef struct script_coroutine script_coroutine;

/// `size` bytes of address space, of which only what is used takes memory; null when there is none.
script_coroutine *script_coroutine_make(size_t size);
/// Its function has ended, or never begun.
void script_coroutine_free(script_coroutine *);
/// Begins (or goes on); true when the function has yielded, false when it has ended.
bool script_coroutine_begin(script_coroutine *, void (*body)(void *), void *argument);
bool script_coroutine_resume(script_coroutine *);
/// On its own stack: back to whoever resumed it.
void script_coroutine_yield(script_coroutine *);
/// Bytes of the stack that its function can use.
size_t script_coroutine_size(const script_coroutine *);
/// Gives memory back that a deep call took; it must not be running.
void script_coroutine_trim(script_coroutine *);

// -- the process -------------------------------------------------------------------------------------------

/// Takes code out of this process's resident memory, which the kernel has in its cache: what is still used comes back page
/// by page. For the time after a start that needed much code once.
void script_let_go_of_code(void);
