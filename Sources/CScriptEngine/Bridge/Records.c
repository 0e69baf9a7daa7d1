// Objects whose own properties are known from the start and made when they are first read: an answer has twenty, and most
// scripts look at two. They behave as objects of Go do in k6: values can be replaced, and nothing else be done to them.
#include "Bridge.h"
#include <stdlib.h>

typedef struct {
    int count;
    script_field fields[];
} Record;

// A record as one context knows it.
struct World {
    World *next;
    const Record *record;
    JSAtom names[];
};

typedef struct {
    void *payload;
    World *world; // lives as long as the context
    int count;
    JSValue hidden;
    JSValue values[];
} Content;

static JSClassID record_class;

bool is_record(JSClassID id) { return id == record_class; }
void *record_payload(const void *content) { return content ? ((const Content *)content)->payload : NULL; }

static void finalize(JSRuntime *runtime, JSValueConst object) {
    Content *content = JS_GetOpaque(object, record_class);
    Owner *owner = JS_GetRuntimeOpaque(runtime);
    if (!content)
        return;
    for (int place = 0; place < content->count; place++)
        JS_FreeValueRT(runtime, content->values[place]);
    JS_FreeValueRT(runtime, content->hidden);
    if (owner)
        owner->hooks->release(content->payload);
    js_free_rt(runtime, content);
}

static void mark(JSRuntime *runtime, JSValueConst object, JS_MarkFunc *mark_value) {
    const Content *content = JS_GetOpaque(object, record_class);
    if (!content)
        return;
    for (int place = 0; place < content->count; place++)
        JS_MarkValue(runtime, content->values[place], mark_value);
    JS_MarkValue(runtime, content->hidden, mark_value);
}

// -1: it has none of that name.
static int place_of(const Content *content, JSAtom name) {
    for (int place = 0; place < content->count; place++)
        if (content->world->names[place] == name)
            return place;
    return -1;
}

static JSValue call_method(JSContext *context, JSValueConst receiver, int count, JSValueConst *arguments, int number,
                           JSValueConst *data) {
    return call_native(context, data[0], count, arguments, number);
}

// Owned by the caller.
static JSValue value_at(JSContext *context, JSValueConst object, Content *content, int place) {
    const script_field *field = &content->world->record->fields[place];
    if (field->is_method) {
        // As in k6 it is of its object, however it is called, and another one each time.
        return JS_NewCFunctionData2(context, call_method, field->name, field->arity, field->number, 1,
                                    (JSValue *)&object);
    }
    if (!JS_IsUninitialized(content->values[place]))
        return JS_DupValue(context, content->values[place]);
    JSValue made = call_native(context, object, 0, NULL, field->number);
    if (JS_IsException(made))
        return made;
    JS_FreeValue(context, content->values[place]);
    content->values[place] = JS_DupValue(context, made);
    return made;
}

static int get_own(JSContext *context, JSPropertyDescriptor *descriptor, JSValueConst object, JSAtom name) {
    Content *content = JS_GetOpaque(object, record_class);
    int place = place_of(content, name);
    if (place < 0)
        return 0;
    if (!descriptor)
        return 1;
    JSValue value = value_at(context, object, content, place);
    if (JS_IsException(value))
        return -1;
    bool is_method = content->world->record->fields[place].is_method;
    descriptor->flags = JS_PROP_ENUMERABLE | (is_method ? 0 : JS_PROP_WRITABLE);
    descriptor->value = value;
    descriptor->getter = JS_UNDEFINED;
    descriptor->setter = JS_UNDEFINED;
    return 1;
}

static int own_names(JSContext *context, JSPropertyEnum **names, uint32_t *count, JSValueConst object) {
    const Content *content = JS_GetOpaque(object, record_class);
    *names = js_mallocz(context, sizeof **names * (content->count > 0 ? content->count : 1));
    if (!*names)
        return -1;
    *count = (uint32_t)content->count;
    for (int place = 0; place < content->count; place++)
        (*names)[place].atom = JS_DupAtom(context, content->world->names[place]);
    return 0;
}

static int refuse(JSContext *context, int flags, const char *format, JSAtom name) {
    if (!(flags & (JS_PROP_THROW | JS_PROP_THROW_STRICT)))
        return 0;
    const char *text = JS_AtomToCString(context, name);
    JS_ThrowTypeError(context, format, text ? text : "?");
    JS_FreeCString(context, text);
    return -1;
}

static void free_descriptor(JSContext *context, JSPropertyDescriptor *descriptor) {
    JS_FreeValue(context, descriptor->value);
    JS_FreeValue(context, descriptor->getter);
    JS_FreeValue(context, descriptor->setter);
}

// As assigning does it where the record is only in the receiver's chain of prototypes, or was named by Reflect.set.
static int set_other(JSContext *context, JSAtom name, JSValueConst value, JSValueConst receiver, int flags) {
    const char *refusal = "Cannot assign to property %s";
    if (!JS_IsObject(receiver))
        return refuse(context, flags, refusal, name);
    JSPropertyDescriptor known;
    int is_there = JS_GetOwnProperty(context, &known, receiver, name);
    if (is_there < 0)
        return -1;
    int throws = flags & (JS_PROP_THROW | JS_PROP_THROW_STRICT);
    if (!is_there)
        return JS_DefinePropertyValue(context, receiver, name, JS_DupValue(context, value), JS_PROP_C_W_E | throws);
    bool is_fixed = (known.flags & JS_PROP_GETSET) || !(known.flags & JS_PROP_WRITABLE);
    free_descriptor(context, &known);
    if (is_fixed)
        return refuse(context, flags, refusal, name);
    return JS_DefineProperty(context, receiver, name, value, JS_UNDEFINED, JS_UNDEFINED, JS_PROP_HAS_VALUE | throws);
}

static int set_own(JSContext *context, JSValueConst object, JSAtom name, JSValueConst value, JSValueConst receiver,
                   int flags) {
    if (!JS_IsObject(receiver) || JS_VALUE_GET_PTR(receiver) != JS_VALUE_GET_PTR(object))
        return set_other(context, name, value, receiver, flags);
    Content *content = JS_GetOpaque(object, record_class);
    int place = place_of(content, name);
    if (place < 0 || content->world->record->fields[place].is_method)
        return refuse(context, flags, "Cannot assign to property %s of a host object", name);
    JSValue noted = call_native(context, object, 1, &value, content->world->record->fields[place].number);
    if (JS_IsException(noted))
        return -1;
    JS_FreeValue(context, noted);
    JSValue before = content->values[place];
    content->values[place] = JS_DupValue(context, value);
    JS_FreeValue(context, before);
    return 1;
}

static int define_own(JSContext *context, JSValueConst object, JSAtom name, JSValueConst value, JSValueConst getter,
                      JSValueConst setter, int flags) {
    Content *content = JS_GetOpaque(object, record_class);
    int place = place_of(content, name);
    if (place < 0 || content->world->record->fields[place].is_method)
        return refuse(context, flags, "Cannot define property '%s' on a host object", name);
    if (flags & (JS_PROP_HAS_GET | JS_PROP_HAS_SET))
        return refuse(context, flags, "Host objects do not support accessor properties (%s)", name);
    if ((flags & JS_PROP_HAS_WRITABLE) && !(flags & JS_PROP_WRITABLE))
        return refuse(context, flags, "Host object field %s cannot be made read-only", name);
    return flags & JS_PROP_HAS_VALUE ? set_own(context, object, name, value, object, flags) : 1;
}

static int delete_own(JSContext *context, JSValueConst object, JSAtom name) {
    const Content *content = JS_GetOpaque(object, record_class);
    if (place_of(content, name) < 0)
        return 1;
    return refuse(context, JS_PROP_THROW, "Cannot delete property %s from a Go type", name);
}

void prepare_records(JSRuntime *any) { JS_NewClassID(any, &record_class); }

bool add_records(JSContext *context) {
    // As in k6, they have no prototype of their own.
    JSValue plain = JS_NewObject(context);
    JSValue prototype = JS_IsException(plain) ? JS_EXCEPTION : JS_GetPrototype(context, plain);
    JS_FreeValue(context, plain);
    if (JS_IsException(prototype))
        return false;
    JS_SetClassProto(context, record_class, prototype);
    return true;
}

int add_record_class(JSRuntime *runtime) {
    static JSClassExoticMethods methods = {
        .get_own_property = get_own,
        .get_own_property_names = own_names,
        .delete_property = delete_own,
        .define_own_property = define_own,
        .set_property = set_own,
    };
    static const JSClassDef definition = {
        .class_name = "Object", .finalizer = finalize, .gc_mark = mark, .exotic = &methods};
    return JS_NewClass(runtime, record_class, &definition);
}

const void *make_record(int count, const script_field *fields) {
    Record *record = malloc(sizeof *record + sizeof *fields * (size_t)count);
    if (!record)
        abort(); // a few bytes at the start of a process
    record->count = count;
    for (int place = 0; place < count; place++) {
        record->fields[place] = fields[place];
        record->fields[place].name = strdup(fields[place].name);
        if (!record->fields[place].name)
            abort();
    }
    return record;
}

static World *world_of(JSContext *context, const Record *record) {
    Owner *owner = owner_of(context);
    for (World *world = owner->worlds; world; world = world->next)
        if (world->record == record)
            return world;
    World *world = malloc(sizeof *world + sizeof world->names[0] * (size_t)record->count);
    if (!world)
        return NULL;
    world->record = record;
    for (int place = 0; place < record->count; place++) {
        world->names[place] = JS_NewAtom(context, record->fields[place].name);
        if (world->names[place] == JS_ATOM_NULL) {
            while (place-- > 0)
                JS_FreeAtom(context, world->names[place]);
            free(world);
            return NULL;
        }
    }
    world->next = owner->worlds;
    owner->worlds = world;
    return world;
}

void leave_worlds(JSContext *context) {
    for (World *world = owner_of(context)->worlds; world; world = world->next)
        for (int place = 0; place < world->record->count; place++)
            JS_FreeAtom(context, world->names[place]);
}

void free_worlds(Owner *owner) {
    while (owner->worlds) {
        World *next = owner->worlds->next;
        free(owner->worlds);
        owner->worlds = next;
    }
}

ScriptValue make_record_object(script_context *c, const void *of, void *payload) {
    const Record *record = of;
    JSContext *context = C(c);
    World *world = world_of(context, record);
    Content *content = world ? js_malloc(context, sizeof *content + sizeof(JSValue) * (size_t)record->count) : NULL;
    if (!content)
        return out(JS_ThrowOutOfMemory(context));
    JSValue object = JS_NewObjectClass(context, record_class);
    if (JS_IsException(object)) {
        js_free(context, content);
        return out(object);
    }
    content->payload = payload;
    content->world = world;
    content->count = record->count;
    content->hidden = JS_UNDEFINED;
    for (int place = 0; place < record->count; place++)
        content->values[place] = JS_UNINITIALIZED;
    JS_SetOpaque(object, content);
    return out(object);
}

ScriptValue hidden(script_context *c, ScriptValue object) {
    const Content *content = JS_GetOpaque(in(object), record_class);
    return out(content ? JS_DupValue(C(c), content->hidden) : JS_UNDEFINED);
}

void set_hidden(script_context *c, ScriptValue object, ScriptValue value) {
    Content *content = JS_GetOpaque(in(object), record_class);
    if (!content) {
        JS_FreeValue(C(c), in(value));
        return;
    }
    JSValue before = content->hidden;
    content->hidden = in(value);
    JS_FreeValue(C(c), before);
}
