// QuickJS-ng itself, with one thing changed: names that every runtime has (`length`, `prototype`, and those of Assay's own
// functions) are kept once for all runtimes of a thread. A user of a load has a runtime of its own, and the names would be a
// third of it.
//
// scripts/setup turns two calls of the engine's source to functions of this file: the one that fills the table of names of a
// new runtime, and the one that enlarges it. A third function is told where the engine throws `null` for want of room.
// Nothing else of the engine knows.
#include "Bridge.h"
#include <pthread.h>
#include <stdatomic.h>

static int assay_fill_names(JSRuntime *runtime);
static int assay_enlarge_names(JSRuntime *runtime);
static JSValue assay_note_no_room(JSContext *context);

#include "quickjs.c"
#ifdef ENABLE_DUMPS
#error "names that are shared are in no list of a runtime: define NDEBUG"
#endif

// A shared name is never freed, and never changed but for its count of references, which starts so high that it stays a name
// whatever is counted. Names of one bucket are chained, and that chain is the end of the bucket's chain in every runtime;
// in a table that has grown it is the end of each bucket that the first one has become.
enum {
    names_buckets = 1024, // as many as the engine begins with
    names_bytes = 128 << 10,
    names_tables = 16, // threads beyond share them
    names_spare = 128, // places for names of the script
    names_count = 1 << 30,
};

typedef struct {
    JSAtomStruct **entries; // by number; null: none that all begin with
    uint32_t count;         // of `entries`
    uint32_t known;         // that are not null
    uint32_t shared;        // 0: each runtime makes its own
    size_t used;            // of its bytes
    uint32_t buckets[names_buckets];
    atomic_bool is_ready;
} Names;

static Names tables[names_tables];
static _Alignas(16) uint8_t bytes_of_names[names_tables][names_bytes];
static pthread_mutex_t learning = PTHREAD_MUTEX_INITIALIZER;
static atomic_int threads;
static _Thread_local Names *own_names;
static _Thread_local bool is_learning;
// Beside those of the language.
static char **remembered;
static int remembered_count;

static bool is_shared(const void *pointer) {
    return (uintptr_t)pointer - (uintptr_t)bytes_of_names < sizeof bytes_of_names;
}

// -- memory ------------------------------------------------------------------------------------------------

static void free_own(void *opaque, void *pointer) {
    if (!is_shared(pointer))
        free(pointer);
}

static size_t usable_size(const void *pointer) {
    return is_shared(pointer) ? 0 : js__malloc_usable_size(pointer);
}

JSRuntime *assay_new_runtime(void) {
    static const JSMallocFunctions functions = {js_def_calloc, js_def_malloc, free_own, js_def_realloc, usable_size};
    return JS_NewRuntime2(&functions, NULL);
}

// What is thrown where there is no room for an error.
static JSValue assay_note_no_room(JSContext *context) {
    Owner *owner = owner_of(context);
    if (owner)
        owner->had_no_room = true;
    return JS_NULL;
}

// -- learning names ----------------------------------------------------------------------------------------

void assay_remember_names(int count, const char *const *names) {
    pthread_mutex_lock(&learning);
    char **all = realloc(remembered, sizeof *all * (size_t)(remembered_count + count));
    if (all) {
        remembered = all;
        for (int i = 0; i < count; i++) {
            char *name = strdup(names[i]);
            if (name)
                remembered[remembered_count++] = name;
        }
    }
    pthread_mutex_unlock(&learning);
}

static size_t size_of_name(const JSAtomStruct *name) {
    if (name->atom_type == JS_ATOM_TYPE_SYMBOL && name->len == 0)
        return sizeof *name; // number 0, which is none
    return sizeof *name + ((size_t)name->len << name->is_wide_char) + 1 - name->is_wide_char;
}

static JSAtomStruct *shared_copy(Names *names, const JSAtomStruct *name) {
    size_t size = (sizeof(JSMallocBlockHeader) + size_of_name(name) + 7) & ~(size_t)7;
    if (size > names_bytes - names->used)
        return NULL;
    JSMallocBlockHeader *block = (void *)(bytes_of_names[names - tables] + names->used);
    names->used += size;
    block->u.block_idx = JS_ARENA_FREE_NIL;
    block->block_size_idx = 0xff;
    JSAtomStruct *copy = (void *)block->user_data;
    memcpy(copy, name, size_of_name(name));
    JS_REF_COUNT(copy) = names_count;
    return copy;
}

static JSAtomStruct *kept_copy(const JSAtomStruct *name) {
    JSAtomStruct *copy = malloc(size_of_name(name));
    if (copy)
        memcpy(copy, name, size_of_name(name));
    return copy;
}

// What a runtime knows that has all of the language.
static bool learn(Names *names, const JSRuntime *runtime) {
    names->entries = calloc((size_t)runtime->atom_size, sizeof *names->entries);
    if (!names->entries)
        return false;
    for (uint32_t number = 0; number < (uint32_t)runtime->atom_size; number++) {
        const JSAtomStruct *name = runtime->atom_array[number];
        if (atom_is_free(name))
            continue;
        // A symbol may be the key of a weak map, which is noted in it.
        bool may_be_shared = name->atom_type == JS_ATOM_TYPE_STRING;
        JSAtomStruct *copy = may_be_shared ? shared_copy(names, name) : NULL;
        if (copy) {
            uint32_t *bucket = &names->buckets[copy->hash & (names_buckets - 1)];
            copy->hash_next = *bucket;
            *bucket = number;
            names->shared++;
        } else if (number < JS_ATOM_END) {
            // The engine knows these by their numbers.
            copy = may_be_shared ? NULL : kept_copy(name);
            if (!copy)
                return false;
        } else {
            continue;
        }
        names->entries[number] = copy;
        names->count = number + 1;
        names->known++;
    }
    return true;
}

static void learn_all(Names *names) {
    is_learning = true;
    JSRuntime *runtime = assay_new_runtime();
    JSContext *context = runtime ? JS_NewContext(runtime) : NULL;
    JSAtom *own = calloc((size_t)remembered_count + 1, sizeof *own);
    for (int i = 0; context && own && i < remembered_count; i++)
        own[i] = JS_NewAtom(context, remembered[i]);
    if (!context || !own || !learn(names, runtime))
        names->shared = 0;
    for (int i = 0; context && own && i < remembered_count; i++)
        JS_FreeAtom(context, own[i]);
    free(own);
    if (context)
        JS_FreeContext(context);
    if (runtime)
        JS_FreeRuntime(runtime);
    is_learning = false;
}

// Null: the runtime makes its names itself.
static Names *names_of_thread(void) {
    if (is_learning)
        return NULL;
    if (!own_names)
        own_names = &tables[(unsigned)atomic_fetch_add(&threads, 1) % names_tables];
    if (!atomic_load_explicit(&own_names->is_ready, memory_order_acquire)) {
        pthread_mutex_lock(&learning);
        if (!atomic_load_explicit(&own_names->is_ready, memory_order_relaxed)) {
            learn_all(own_names);
            atomic_store_explicit(&own_names->is_ready, true, memory_order_release);
        }
        pthread_mutex_unlock(&learning);
    }
    return own_names->shared ? own_names : NULL;
}

// -- a runtime's table -------------------------------------------------------------------------------------

static int assay_fill_names(JSRuntime *runtime) {
    // Only a runtime that does not free what is shared.
    const Names *names = runtime->mf.js_free == free_own ? names_of_thread() : NULL;
    if (!names)
        return JS_InitAtoms(runtime);
    uint32_t size = names->count + names_spare;
    runtime->atom_hash = js_malloc_rt(runtime, sizeof names->buckets);
    runtime->atom_array = js_malloc_rt(runtime, size * sizeof *runtime->atom_array);
    if (!runtime->atom_hash || !runtime->atom_array)
        return -1;
    memcpy(runtime->atom_hash, names->buckets, sizeof names->buckets);
    runtime->atom_hash_size = names_buckets;
    runtime->atom_count_resize = JS_ATOM_COUNT_RESIZE(names_buckets);
    runtime->atom_free_index = 0;
    for (uint32_t number = size; number-- > 0;) {
        bool is_known = number < names->count && names->entries[number];
        runtime->atom_array[number] = is_known ? names->entries[number] : atom_set_free((uint32_t)runtime->atom_free_index);
        if (!is_known)
            runtime->atom_free_index = (int)number;
    }
    for (uint32_t number = 0; number < names->count; number++) {
        const JSAtomStruct *name = names->entries[number];
        if (!name || is_shared(name))
            continue;
        JSAtomStruct *own = js_malloc_rt(runtime, size_of_name(name));
        if (!own)
            return -1;
        memcpy(own, name, size_of_name(name));
        JS_REF_COUNT(own) = 1;
        runtime->atom_array[number] = own;
    }
    runtime->atom_size = (int)size;
    runtime->atom_count = (int)names->known;
    // The engine counts all of them when it frees them.
    runtime->malloc_state.malloc_count += names->shared;
    runtime->malloc_state.malloc_size += names->shared * MALLOC_OVERHEAD;
    return 0;
}

static int assay_enlarge_names(JSRuntime *runtime) {
    const uint8_t *first = (const uint8_t *)runtime->atom_array[1];
    if (!is_shared(first))
        return JS_ResizeAtomHash(runtime, runtime->atom_hash_size * 2);
    const Names *names = &tables[(first - bytes_of_names[0]) / names_bytes];
    uint32_t size = (uint32_t)runtime->atom_hash_size * 2;
    uint32_t *buckets = js_malloc_rt(runtime, size * sizeof *buckets);
    if (!buckets)
        return -1;
    for (uint32_t bucket = 0; bucket < size; bucket++)
        buckets[bucket] = names->buckets[bucket & (names_buckets - 1)];
    for (uint32_t number = 1; number < (uint32_t)runtime->atom_size; number++) {
        JSAtomStruct *name = runtime->atom_array[number];
        if (atom_is_free(name) || is_shared(name) || name->atom_type == JS_ATOM_TYPE_SYMBOL)
            continue;
        uint32_t *bucket = &buckets[name->hash & (size - 1)];
        name->hash_next = *bucket;
        *bucket = number;
    }
    js_free_rt(runtime, runtime->atom_hash);
    runtime->atom_hash = buckets;
    runtime->atom_hash_size = (int)size;
    runtime->atom_count_resize = JS_ATOM_COUNT_RESIZE((int)size);
    return 0;
}
