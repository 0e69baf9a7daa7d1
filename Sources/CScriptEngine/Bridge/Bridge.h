#pragma once
// What the parts of the bridge have in common.
#include "../include/ScriptEngine.h"
#include "quickjs.h"
#include <string.h>

typedef struct World World;

// Of a context.
typedef struct {
    const script_hooks *hooks;
    void *owner;
    World *worlds; // what the context has made of records
    bool had_no_room; // for an error that was to be thrown: `null` was
} Owner;

static inline JSValue in(ScriptValue value) {
    JSValue result;
    memcpy(&result, &value, sizeof result);
    return result;
}

static inline ScriptValue out(JSValue value) {
    ScriptValue result;
    memcpy(&result, &value, sizeof result);
    return result;
}

static inline JSContext *C(script_context *context) { return (JSContext *)context; }
static inline JSRuntime *R(script_runtime *runtime) { return (JSRuntime *)runtime; }
static inline Owner *owner_of(JSContext *context) { return JS_GetContextOpaque(context); }

JSValue call_native(JSContext *context, JSValueConst receiver, int count, JSValueConst *arguments, int number);

// -- records (Records.c)

void prepare_records(JSRuntime *any);
int add_record_class(JSRuntime *runtime);
bool add_records(JSContext *context);
// Before the context goes, and when nothing of it is left.
void leave_worlds(JSContext *context);
void free_worlds(Owner *owner);
const void *make_record(int count, const script_field *fields);
ScriptValue make_record_object(script_context *context, const void *record, void *payload);
void *record_payload(const void *content);
bool is_record(JSClassID id);
ScriptValue hidden(script_context *context, ScriptValue object);
void set_hidden(script_context *context, ScriptValue object, ScriptValue value);

// -- the engine with names in common (Engine.c); not of a system's own engine
JSRuntime *assay_new_runtime(void);
// Names that runtimes made from now on shall have in common.
void assay_remember_names(int count, const char *const *names);
