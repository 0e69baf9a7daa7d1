// The table of ScriptEngine.h over QuickJS-ng. Compiled by scripts/setup into a library of its own, with the engine;
// it is no part of the package's build.
#include "Bridge.h"
#include <stdlib.h>

_Static_assert(sizeof(JSValue) == sizeof(ScriptValue), "values are passed as they are");
_Static_assert((int)JS_TAG_BIG_INT == SCRIPT_BIG_INTEGER && (int)JS_TAG_SYMBOL == SCRIPT_SYMBOL
                   && (int)JS_TAG_STRING == SCRIPT_STRING && (int)JS_TAG_STRING_ROPE == SCRIPT_ROPE
                   && (int)JS_TAG_OBJECT == SCRIPT_OBJECT && (int)JS_TAG_INT == SCRIPT_INTEGER
                   && (int)JS_TAG_BOOL == SCRIPT_BOOLEAN && (int)JS_TAG_NULL == SCRIPT_NULL
                   && (int)JS_TAG_UNDEFINED == SCRIPT_UNDEFINED && (int)JS_TAG_EXCEPTION == SCRIPT_EXCEPTION
                   && (int)JS_TAG_FLOAT64 == SCRIPT_DOUBLE,
               "tags are told apart by number");

// -- runtimes ----------------------------------------------------------------------------------------------

static JSClassID native_class;

static void finalize_native(JSRuntime *runtime, JSValueConst value) {
    void *payload = JS_GetOpaque(value, native_class);
    Owner *owner = JS_GetRuntimeOpaque(runtime);
    if (payload && owner)
        owner->hooks->release(payload);
}

static script_runtime *make_runtime(size_t memory_limit) {
#ifdef ASSAY_SHARES_NAMES
    JSRuntime *runtime = assay_new_runtime();
#else
    JSRuntime *runtime = JS_NewRuntime();
#endif
    if (!runtime)
        return NULL;
    JS_SetMemoryLimit(runtime, memory_limit);
    // An empty runtime takes about 40 KiB: what a script leaves in circles is collected at twice as much again.
    JS_SetGCThreshold(runtime, 128 << 10);
    static const JSClassDef definition = {.class_name = "Native", .finalizer = finalize_native};
    if (JS_NewClass(runtime, native_class, &definition) < 0 || add_record_class(runtime) < 0) {
        JS_FreeRuntime(runtime);
        return NULL;
    }
    return (script_runtime *)runtime;
}

static void remember_names(int count, const char *const *names) {
#ifdef ASSAY_SHARES_NAMES
    assay_remember_names(count, names);
#endif
}

static void free_runtime(script_runtime *runtime) {
    Owner *owner = JS_GetRuntimeOpaque(R(runtime));
    JS_FreeRuntime(R(runtime));
    if (owner)
        free_worlds(owner);
    free(owner);
}

static int interrupt(JSRuntime *runtime, void *opaque) {
    Owner *owner = opaque;
    return owner->hooks->interrupt(owner->owner);
}

static char *normalize(JSContext *context, const char *base, const char *name, void *opaque) {
    Owner *owner = opaque;
    char *resolved = owner->hooks->resolve(owner->owner, base, name);
    char *name_of_engine = resolved ? js_strdup(context, resolved) : NULL;
    free(resolved);
    return name_of_engine;
}

static JSModuleDef *load(JSContext *context, const char *name, void *opaque) {
    Owner *owner = opaque;
    return (JSModuleDef *)owner->hooks->load(owner->owner, name);
}

static void rejected(JSContext *context, JSValueConst promise, JSValueConst reason, bool is_handled, void *opaque) {
    Owner *owner = opaque;
    owner->hooks->rejected(owner->owner, out(promise), out(reason), is_handled);
}

// Negative: it has thrown.
static int add_each(JSContext *context, int parts) {
    if ((parts & SCRIPT_DATES) && JS_AddIntrinsicDate(context) < 0)
        return -1;
    if ((parts & SCRIPT_COLLECTIONS) && JS_AddIntrinsicMapSet(context) < 0)
        return -1;
    if ((parts & SCRIPT_BUFFERS) && JS_AddIntrinsicTypedArrays(context) < 0)
        return -1;
    if ((parts & SCRIPT_WEAK) && JS_AddIntrinsicWeakRef(context) < 0)
        return -1;
    if (parts & SCRIPT_WEB)
        return JS_AddIntrinsicDOMException(context) < 0 || JS_AddIntrinsicAToB(context) < 0
                       || JS_AddPerformance(context) < 0
                   ? -1
                   : 0;
    return 0;
}

static void add_parts(script_context *c, int parts) {
    if (add_each(C(c), parts) < 0 && !JS_HasException(C(c)))
        JS_ThrowOutOfMemory(C(c));
}

static JSContext *new_context(JSRuntime *runtime, int parts) {
    JSContext *context = JS_NewContextRaw(runtime);
    if (!context)
        return NULL;
    if (JS_AddIntrinsicBaseObjects(context) || JS_AddIntrinsicEval(context)
        || JS_AddIntrinsicRegExp(context) || JS_AddIntrinsicJSON(context) || JS_AddIntrinsicProxy(context)
        || JS_AddIntrinsicPromise(context) || JS_AddIntrinsicBigInt(context) || add_each(context, parts) < 0) {
        JS_FreeContext(context);
        return NULL;
    }
    return context;
}

static script_context *make_context(script_runtime *runtime, const script_hooks *hooks, void *of, int parts) {
    JSContext *context = new_context(R(runtime), parts);
    Owner *owner = calloc(1, sizeof *owner);
    if (!context || !owner || !add_records(context)) {
        if (context)
            JS_FreeContext(context);
        free(owner);
        return NULL;
    }
    owner->hooks = hooks;
    owner->owner = of;
    JS_SetContextOpaque(context, owner);
    JS_SetRuntimeOpaque(R(runtime), owner);
    JS_SetInterruptHandler(R(runtime), interrupt, owner);
    JS_SetModuleLoaderFunc(R(runtime), normalize, load, owner);
    JS_SetHostPromiseRejectionTracker(R(runtime), rejected, owner);
    return (script_context *)context;
}

static void set_owner(script_context *context, void *of) { owner_of(C(context))->owner = of; }

static void free_context(script_context *context) {
    leave_worlds(C(context));
    JS_FreeContext(C(context));
}

static void enter_stack(script_runtime *runtime, size_t size) {
    JS_SetMaxStackSize(R(runtime), size);
    JS_UpdateStackTop(R(runtime));
}

static void collect(script_runtime *runtime) { JS_RunGC(R(runtime)); }

static size_t used_memory(script_runtime *runtime) {
    JSMemoryUsage usage;
    JS_ComputeMemoryUsage(R(runtime), &usage);
    return (size_t)usage.malloc_size;
}

// -- values ------------------------------------------------------------------------------------------------

static ScriptValue duplicate(script_context *c, ScriptValue v) { return out(JS_DupValue(C(c), in(v))); }
static void free_value(script_context *c, ScriptValue v) { JS_FreeValue(C(c), in(v)); }
static ScriptValue make_double(script_context *c, double number) { return out(JS_NewNumber(C(c), number)); }
static ScriptValue make_string(script_context *c, const char *bytes, size_t count) {
    return out(JS_NewStringLen(C(c), bytes, count));
}
static ScriptValue make_object(script_context *c) { return out(JS_NewObject(C(c))); }
static ScriptValue make_object_like(script_context *c, ScriptValue p) { return out(JS_NewObjectProto(C(c), in(p))); }
static ScriptValue make_array(script_context *c) { return out(JS_NewArray(C(c))); }
static ScriptValue make_buffer(script_context *c, const uint8_t *bytes, size_t count) {
    return out(JS_NewArrayBufferCopy(C(c), bytes, count));
}
static ScriptValue make_date(script_context *c, double milliseconds) { return out(JS_NewDate(C(c), milliseconds)); }
static ScriptValue make_error(script_context *c) { return out(JS_NewError(C(c))); }

JSValue call_native(JSContext *context, JSValueConst receiver, int count, JSValueConst *arguments, int number) {
    Owner *owner = owner_of(context);
    return in(owner->hooks->call(owner->owner, out(receiver), count, (const ScriptValue *)arguments, number));
}

static ScriptValue make_function(script_context *c, const char *name, int arity, int kind, int number) {
    JSCFunctionType function = {.generic_magic = call_native};
    JSCFunctionEnum kinds[] = {JS_CFUNC_generic_magic, JS_CFUNC_constructor_magic, JS_CFUNC_constructor_or_func_magic};
    return out(JS_NewCFunction2(C(c), function.generic, name, arity, kinds[kind], number));
}

static JSCFunctionListEntry *new_entry(const char *name) {
    JSCFunctionListEntry *entry = calloc(1, sizeof *entry);
    char *kept = strdup(name);
    if (!entry || !kept)
        abort(); // a few bytes at the start of a process
    entry->name = kept;
    return entry;
}

static const void *make_entry(const char *name, int arity, int number, bool is_enumerable) {
    JSCFunctionListEntry *entry = new_entry(name);
    entry->prop_flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE | (is_enumerable ? JS_PROP_ENUMERABLE : 0);
    entry->def_type = JS_DEF_CFUNC;
    entry->magic = (int16_t)number;
    entry->u.func.length = (uint8_t)arity;
    entry->u.func.cproto = JS_CFUNC_generic_magic;
    entry->u.func.cfunc.generic_magic = call_native;
    return entry;
}

static const void *make_text_entry(const char *name, const char *text) {
    JSCFunctionListEntry *entry = new_entry(name);
    entry->prop_flags = JS_PROP_C_W_E;
    entry->def_type = JS_DEF_PROP_STRING;
    entry->u.str = strdup(text);
    if (!entry->u.str)
        abort();
    return entry;
}

static int define_lazily(script_context *c, ScriptValue o, const void *entry) {
    const JSCFunctionListEntry *function = entry;
    // The engine takes no such property where there is one already.
    JSAtom atom = JS_NewAtom(C(c), function->name);
    int is_there = JS_GetOwnProperty(C(c), NULL, in(o), atom);
    if (is_there > 0)
        is_there = JS_DeleteProperty(C(c), in(o), atom, JS_PROP_THROW) < 0 ? -1 : 0;
    JS_FreeAtom(C(c), atom);
    return is_there < 0 ? -1 : JS_SetPropertyFunctionList(C(c), in(o), function, 1);
}

static JSValue call_closure(JSContext *context, JSValueConst receiver, int count, JSValueConst *arguments, int number,
                            JSValueConst *data) {
    Owner *owner = owner_of(context);
    return in(owner->hooks->call(owner->owner, out(data[0]), count, (const ScriptValue *)arguments, -1));
}

static ScriptValue make_closure(script_context *c, const char *name, int arity, ScriptValue data) {
    JSValue kept = in(data);
    return out(JS_NewCFunctionData2(C(c), call_closure, name, arity, 0, 1, &kept));
}

static void set_constructor(script_context *c, ScriptValue function, ScriptValue prototype) {
    JS_SetConstructor(C(c), in(function), in(prototype));
}

static ScriptValue make_native(script_context *c, ScriptValue prototype, void *payload) {
    JSValue object = prototype.tag == SCRIPT_UNDEFINED ? JS_NewObjectClass(C(c), native_class)
                                                       : JS_NewObjectProtoClass(C(c), in(prototype), native_class);
    if (!JS_IsException(object))
        JS_SetOpaque(object, payload);
    return out(object);
}

static void *native_payload(ScriptValue v) {
    JSClassID class = 0;
    void *content = JS_GetAnyOpaque(in(v), &class);
    return class == native_class ? content : is_record(class) ? record_payload(content) : NULL;
}

static ScriptValue make_proxy(script_context *c, ScriptValue target, ScriptValue handler) {
    return out(JS_NewProxy(C(c), in(target), in(handler)));
}

static ScriptValue make_promise(script_context *c, ScriptValue *resolve, ScriptValue *reject) {
    JSValue functions[2];
    JSValue promise = JS_NewPromiseCapability(C(c), functions);
    if (JS_IsException(promise))
        return out(promise);
    *resolve = out(functions[0]);
    *reject = out(functions[1]);
    return out(promise);
}

static int promise_state(script_context *c, ScriptValue v) {
    return JS_IsPromise(in(v)) ? (int)JS_PromiseState(C(c), in(v)) : -1;
}
static ScriptValue promise_result(script_context *c, ScriptValue v) { return out(JS_PromiseResult(C(c), in(v))); }
static ScriptValue promise_then(script_context *c, ScriptValue v, ScriptValue fulfilled, ScriptValue refused) {
    return out(JS_PromiseThen(C(c), in(v), in(fulfilled), in(refused)));
}
static ScriptValue global(script_context *c) { return out(JS_GetGlobalObject(C(c))); }

// -- questions ---------------------------------------------------------------------------------------------

static bool is_function(script_context *c, ScriptValue v) { return JS_IsFunction(C(c), in(v)); }
static bool is_array(ScriptValue v) { return JS_IsArray(in(v)); }
static bool is_error(ScriptValue v) { return JS_IsError(in(v)); }
static bool is_date(ScriptValue v) { return JS_IsDate(in(v)); }
static bool is_regexp(ScriptValue v) { return JS_IsRegExp(in(v)); }
static bool is_uncatchable(ScriptValue v) { return JS_IsUncatchableError(in(v)); }
static int to_boolean(script_context *c, ScriptValue v) { return JS_ToBool(C(c), in(v)); }
static int to_double(script_context *c, ScriptValue v, double *result) { return JS_ToFloat64(C(c), result, in(v)); }
static ScriptValue to_string(script_context *c, ScriptValue v) { return out(JS_ToString(C(c), in(v))); }
static const char *text(script_context *c, ScriptValue v, size_t *count) {
    return JS_ToCStringLen2(C(c), count, in(v), false);
}
static void free_text(script_context *c, const char *bytes) { JS_FreeCString(C(c), bytes); }

static const uint8_t *buffer(script_context *c, ScriptValue v, size_t *count) {
    static const uint8_t nothing[1];
    JSValue value = in(v);
    if (JS_IsArrayBuffer(value)) {
        const uint8_t *bytes = JS_GetArrayBuffer(C(c), count, value);
        return bytes ? bytes : *count == 0 ? nothing : NULL;
    }
    if (JS_GetTypedArrayType(value) < 0)
        return NULL;
    size_t offset = 0, length = 0, element = 0, whole = 0;
    JSValue backing = JS_GetTypedArrayBuffer(C(c), value, &offset, &length, &element);
    if (JS_IsException(backing)) {
        JS_FreeValue(C(c), JS_GetException(C(c)));
        return NULL;
    }
    const uint8_t *bytes = JS_GetArrayBuffer(C(c), &whole, backing);
    JS_FreeValue(C(c), backing); // the array holds it
    *count = length;
    return bytes ? bytes + offset : length == 0 ? nothing : NULL;
}

static bool is_same(script_context *c, ScriptValue a, ScriptValue b) { return JS_IsStrictEqual(C(c), in(a), in(b)); }
static int is_instance(script_context *c, ScriptValue v, ScriptValue constructor) {
    return JS_IsInstanceOf(C(c), in(v), in(constructor));
}

// -- properties --------------------------------------------------------------------------------------------

static ScriptValue get(script_context *c, ScriptValue o, const char *name) {
    return out(JS_GetPropertyStr(C(c), in(o), name));
}
static ScriptValue get_at(script_context *c, ScriptValue o, uint32_t index) {
    return out(JS_GetPropertyUint32(C(c), in(o), index));
}
static int set(script_context *c, ScriptValue o, const char *name, ScriptValue v) {
    return JS_DefinePropertyValueStr(C(c), in(o), name, in(v), JS_PROP_C_W_E);
}
static int set_at(script_context *c, ScriptValue o, uint32_t index, ScriptValue v) {
    return JS_DefinePropertyValueUint32(C(c), in(o), index, in(v), JS_PROP_C_W_E);
}
static int define(script_context *c, ScriptValue o, const char *name, ScriptValue v) {
    return JS_DefinePropertyValueStr(C(c), in(o), name, in(v), JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
}
static int define_accessor(script_context *c, ScriptValue o, const char *name, ScriptValue g, ScriptValue s) {
    JSAtom atom = JS_NewAtom(C(c), name);
    int result = JS_DefinePropertyGetSet(C(c), in(o), atom, in(g), in(s), JS_PROP_CONFIGURABLE | JS_PROP_ENUMERABLE);
    JS_FreeAtom(C(c), atom);
    return result;
}
static int remove_property(script_context *c, ScriptValue o, const char *name) {
    JSAtom atom = JS_NewAtom(C(c), name);
    int result = JS_DeleteProperty(C(c), in(o), atom, 0);
    JS_FreeAtom(C(c), atom);
    return result;
}
static int freeze(script_context *c, ScriptValue o) { return JS_FreezeObject(C(c), in(o)); }
static int length(script_context *c, ScriptValue o, int64_t *result) { return JS_GetLength(C(c), in(o), result); }

static ScriptValue keys(script_context *c, ScriptValue o) {
    JSPropertyEnum *names = NULL;
    uint32_t count = 0;
    if (JS_GetOwnPropertyNames(C(c), &names, &count, in(o), JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY) < 0)
        return out(JS_EXCEPTION);
    JSValue array = JS_NewArray(C(c));
    for (uint32_t i = 0; i < count && !JS_IsException(array); i++)
        JS_DefinePropertyValueUint32(C(c), array, i, JS_AtomToString(C(c), names[i].atom), JS_PROP_C_W_E);
    JS_FreePropertyEnum(C(c), names, count);
    return out(array);
}

static ScriptValue prototype(script_context *c, ScriptValue o) { return out(JS_GetPrototype(C(c), in(o))); }

// -- running -----------------------------------------------------------------------------------------------

static ScriptValue call(script_context *c, ScriptValue f, ScriptValue receiver, int count, ScriptValue *arguments) {
    return out(JS_Call(C(c), in(f), in(receiver), count, (JSValue *)arguments));
}
static ScriptValue construct(script_context *c, ScriptValue f, int count, ScriptValue *arguments) {
    return out(JS_CallConstructor(C(c), in(f), count, (JSValue *)arguments));
}
static ScriptValue evaluate(script_context *c, const char *bytes, size_t count, const char *file, bool is_strict) {
    return out(JS_Eval(C(c), bytes, count, file, JS_EVAL_TYPE_GLOBAL | (is_strict ? JS_EVAL_FLAG_STRICT : 0)));
}
static ScriptValue throw_value(script_context *c, ScriptValue v) { return out(JS_Throw(C(c), in(v))); }

static ScriptValue throw_error(script_context *c, const char *kind, const char *message) {
    if (!strcmp(kind, "TypeError"))
        return out(JS_ThrowTypeError(C(c), "%s", message));
    if (!strcmp(kind, "RangeError"))
        return out(JS_ThrowRangeError(C(c), "%s", message));
    if (!strcmp(kind, "SyntaxError"))
        return out(JS_ThrowSyntaxError(C(c), "%s", message));
    if (!strcmp(kind, "ReferenceError"))
        return out(JS_ThrowReferenceError(C(c), "%s", message));
    return out(JS_ThrowPlainError(C(c), "%s", message));
}

static ScriptValue exception(script_context *c) {
    JSValue thrown = JS_GetException(C(c));
    Owner *owner = owner_of(C(c));
    if (owner && owner->had_no_room && JS_IsNull(thrown)) {
        // Who takes it is told so in words, which the script's bound is not to cut.
        JSMemoryUsage usage;
        JS_ComputeMemoryUsage(JS_GetRuntime(C(c)), &usage);
        JS_SetMemoryLimit(JS_GetRuntime(C(c)), 0);
        JS_ThrowInternalError(C(c), "out of memory");
        thrown = JS_GetException(C(c));
        JS_SetMemoryLimit(JS_GetRuntime(C(c)), (size_t)usage.malloc_limit);
    }
    if (owner)
        owner->had_no_room = false;
    return out(thrown);
}

static ScriptValue throw_uncatchable(script_context *c) {
    JS_ThrowInternalError(C(c), "interrupted");
    JSValue error = JS_GetException(C(c));
    JS_SetUncatchableError(C(c), error);
    return out(JS_Throw(C(c), error));
}

static int run_job(script_runtime *r) {
    JSContext *context = NULL;
    return JS_ExecutePendingJob(R(r), &context);
}

static ScriptValue parse_json(script_context *c, const char *bytes, size_t count, const char *name) {
    return out(JS_ParseJSON(C(c), bytes, count, name));
}
static ScriptValue to_json(script_context *c, ScriptValue v, ScriptValue replacer, ScriptValue space) {
    return out(JS_JSONStringify(C(c), in(v), in(replacer), in(space)));
}

// -- modules -----------------------------------------------------------------------------------------------

static script_module *module_of(JSContext *context, JSValue value) {
    if (JS_IsException(value))
        return NULL;
    JSModuleDef *module = JS_VALUE_GET_PTR(value);
    JS_FreeValue(context, value); // the context holds it
    return (script_module *)module;
}

static script_module *compile(script_context *c, const char *bytes, size_t count, const char *file) {
    return module_of(C(c), JS_Eval(C(c), bytes, count, file, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY));
}

static uint8_t *write_module(script_context *c, script_module *module, bool keeps_source, size_t *count) {
    int flags = JS_WRITE_OBJ_BYTECODE | (keeps_source ? 0 : JS_WRITE_OBJ_STRIP_SOURCE);
    return JS_WriteObject(C(c), count, JS_MKPTR(JS_TAG_MODULE, module), flags);
}

static void free_bytes(script_context *c, uint8_t *bytes) { js_free(C(c), bytes); }

static script_module *read_module(script_context *c, const uint8_t *bytes, size_t count) {
    return module_of(C(c), JS_ReadObject(C(c), bytes, count, JS_READ_OBJ_BYTECODE));
}

static int fill_native(JSContext *context, JSModuleDef *module) {
    Owner *owner = owner_of(context);
    JSValue number = JS_GetModulePrivateValue(context, module);
    return owner->hooks->fill(owner->owner, (script_module *)module, JS_VALUE_GET_INT(number));
}

static script_module *make_native_module(script_context *c, const char *name, int number) {
    JSModuleDef *module = JS_NewCModule(C(c), name, fill_native);
    if (module)
        JS_SetModulePrivateValue(C(c), module, JS_NewInt32(C(c), number));
    return (script_module *)module;
}

static int add_export(script_context *c, script_module *m, const char *name) {
    return JS_AddModuleExport(C(c), (JSModuleDef *)m, name);
}
static int set_export(script_context *c, script_module *m, const char *name, ScriptValue v) {
    return JS_SetModuleExport(C(c), (JSModuleDef *)m, name, in(v));
}
static int resolve_imports(script_context *c, script_module *m) {
    return JS_ResolveModule(C(c), JS_MKPTR(JS_TAG_MODULE, m));
}
static ScriptValue run_module(script_context *c, script_module *m) {
    // It consumes a reference that module_of gave back.
    return out(JS_EvalFunction(C(c), JS_DupValue(C(c), JS_MKPTR(JS_TAG_MODULE, m))));
}
static ScriptValue namespace_of(script_context *c, script_module *m) {
    return out(JS_GetModuleNamespace(C(c), (JSModuleDef *)m));
}
static ScriptValue load_module(script_context *c, const char *base, const char *name) {
    return out(JS_LoadModule(C(c), base, name));
}

__attribute__((visibility("default"))) const script_engine *assay_script_engine(void) {
    static script_engine engine = {
        .version = SCRIPT_ENGINE_VERSION,
        .remember_names = remember_names,
        .make_runtime = make_runtime,
        .free_runtime = free_runtime,
        .make_context = make_context,
        .add_parts = add_parts,
        .set_owner = set_owner,
        .make_entry = make_entry,
        .make_text_entry = make_text_entry,
        .define_lazily = define_lazily,
        .free_context = free_context,
        .enter_stack = enter_stack,
        .collect = collect,
        .used_memory = used_memory,
        .duplicate = duplicate,
        .free_value = free_value,
        .make_double = make_double,
        .make_string = make_string,
        .make_object = make_object,
        .make_object_like = make_object_like,
        .make_array = make_array,
        .make_buffer = make_buffer,
        .make_date = make_date,
        .make_error = make_error,
        .make_function = make_function,
        .make_closure = make_closure,
        .set_constructor = set_constructor,
        .make_native = make_native,
        .native_payload = native_payload,
        .make_record = make_record,
        .make_record_object = make_record_object,
        .hidden = hidden,
        .set_hidden = set_hidden,
        .make_proxy = make_proxy,
        .make_promise = make_promise,
        .promise_state = promise_state,
        .promise_result = promise_result,
        .promise_then = promise_then,
        .global = global,
        .is_function = is_function,
        .is_array = is_array,
        .is_error = is_error,
        .is_date = is_date,
        .is_regexp = is_regexp,
        .is_uncatchable = is_uncatchable,
        .to_boolean = to_boolean,
        .to_double = to_double,
        .to_string = to_string,
        .text = text,
        .free_text = free_text,
        .buffer = buffer,
        .is_same = is_same,
        .is_instance = is_instance,
        .get = get,
        .get_at = get_at,
        .set = set,
        .set_at = set_at,
        .define = define,
        .define_accessor = define_accessor,
        .remove = remove_property,
        .freeze = freeze,
        .length = length,
        .keys = keys,
        .prototype = prototype,
        .call = call,
        .construct = construct,
        .evaluate = evaluate,
        .throw_value = throw_value,
        .throw_error = throw_error,
        .exception = exception,
        .throw_uncatchable = throw_uncatchable,
        .run_job = run_job,
        .parse_json = parse_json,
        .to_json = to_json,
        .compile = compile,
        .write_module = write_module,
        .free_bytes = free_bytes,
        .read_module = read_module,
        .make_native_module = make_native_module,
        .add_export = add_export,
        .set_export = set_export,
        .resolve_imports = resolve_imports,
        .run_module = run_module,
        .namespace_of = namespace_of,
        .load_module = load_module,
    };
    engine.engine_version = JS_GetVersion();
    if (native_class == JS_INVALID_CLASS_ID) {
        // Numbers of classes are the same in every runtime.
        JSRuntime *any = JS_NewRuntime();
        JS_NewClassID(any, &native_class);
        prepare_records(any);
        JS_FreeRuntime(any);
    }
    return &engine;
}
