// Lua 5.1, and what only C can do with it.
//
// A Lua error is a longjmp. It must not cross a Swift frame, so functions that Lua calls are one of the trampolines
// below: they call into Swift, Swift returns, and only then is an error raised. What Swift calls of Lua's API meanwhile
// cannot raise: it works on raw tables only, and the allocator does not refuse memory while Swift runs.
#pragma once
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

// What belongs to one Lua state; it outlives the state.
typedef struct AssayLuaHost {
    // Runs function `number` in Swift: how many results it pushed, or one of the three below.
    int (*call)(void *context, lua_State *state, int number);
    // Called every so many instructions; not 0 raises the value it pushed.
    int (*interrupt)(void *context, lua_State *state);
    void *context;
    size_t usedBytes;
    size_t limitBytes;
    // Whether the limit counts now: while a script runs, not while Swift works on the state.
    int isLimited;
    // A reference to the table of guarded tables: the stand-in that scripts see -> the table itself.
    int guarded;
} AssayLuaHost;

enum {
    // Raise the value on top.
    ASSAY_LUA_RAISE = -1,
    // Raise the message on top, with the position of the caller before it.
    ASSAY_LUA_RAISE_WITH_POSITION = -2,
    // ASSAY_LUA_BAD_ARGUMENT - n: the message on top says what is wrong with argument n.
    ASSAY_LUA_BAD_ARGUMENT = -10,
};

static inline AssayLuaHost *assay_lua_host(lua_State *state) {
    void *host = NULL;
    lua_getallocf(state, &host);
    return (AssayLuaHost *)host;
}

// MARK: memory

static inline void *assay_lua_allocate(void *user, void *block, size_t oldSize, size_t newSize) {
    AssayLuaHost *host = (AssayLuaHost *)user;
    if (newSize == 0) {
        free(block);
        host->usedBytes -= oldSize;
        return NULL;
    }
    if (host->isLimited && newSize > oldSize) {
        size_t more = newSize - oldSize;
        if (more > host->limitBytes || host->usedBytes > host->limitBytes - more) return NULL;
    }
    void *result = realloc(block, newSize);
    if (result == NULL) {
        if (!host->isLimited) abort();
        return NULL;
    }
    host->usedBytes += newSize - oldSize;
    return result;
}

static inline lua_State *assay_lua_open(AssayLuaHost *host) { return lua_newstate(assay_lua_allocate, host); }

// MARK: trampolines

static inline int assay_lua_trampoline(lua_State *state) {
    AssayLuaHost *host = assay_lua_host(state);
    int number = (int)lua_tointeger(state, lua_upvalueindex(1));
    int wasLimited = host->isLimited;
    host->isLimited = 0;
    int result = host->call(host->context, state, number);
    host->isLimited = wasLimited;
    if (result >= 0) return result;
    if (result == ASSAY_LUA_RAISE) return lua_error(state);
    if (result == ASSAY_LUA_RAISE_WITH_POSITION) {
        luaL_where(state, 1);
        lua_insert(state, -2);
        lua_concat(state, 2);
        return lua_error(state);
    }
    return luaL_argerror(state, ASSAY_LUA_BAD_ARGUMENT - result, lua_tostring(state, -1));
}

// Pushes function `number` of the host.
static inline void assay_lua_push_function(lua_State *state, int number) {
    lua_pushinteger(state, number);
    lua_pushcclosure(state, assay_lua_trampoline, 1);
}

static inline void assay_lua_hook(lua_State *state, lua_Debug *unused) {
    (void)unused;
    AssayLuaHost *host = assay_lua_host(state);
    int wasLimited = host->isLimited;
    host->isLimited = 0;
    int ends = host->interrupt(host->context, state);
    host->isLimited = wasLimited;
    if (!ends) return;
    // From now on at every line: a script that catches the error is not to go on with it.
    lua_sethook(state, assay_lua_hook, LUA_MASKLINE, 0);
    lua_error(state);
}

// Calls the host every `count` instructions; 0 ends that.
static inline void assay_lua_interrupt_every(lua_State *state, int count) {
    lua_sethook(state, count > 0 ? assay_lua_hook : NULL, count > 0 ? LUA_MASKCOUNT : 0, count);
}

// MARK: errors

// pcall for scripts: an error that is a table with `err` arrives as that text, as in the years before it was a table.
static inline int assay_lua_pcall(lua_State *state) {
    luaL_checkany(state, 1);
    lua_pushboolean(state, 1);
    lua_insert(state, 1);
    if (lua_pcall(state, lua_gettop(state) - 2, LUA_MULTRET, 0) != 0) {
        lua_pushboolean(state, 0);
        lua_replace(state, 1);
        if (lua_istable(state, -1)) {
            lua_getfield(state, -1, "err");
            if (lua_isstring(state, -1)) {
                lua_replace(state, -2);
            } else {
                lua_pop(state, 1);
            }
        }
    }
    return lua_gettop(state);
}

// The handler of errors: a table with `err`, and where it happened in `source` and `line`.
static inline int assay_lua_describe_error(lua_State *state) {
    lua_Debug where;
    int isKnown = lua_getstack(state, 1, &where) && lua_getinfo(state, "Sl", &where);
    if (isKnown && where.what[0] == 'C') {  // of a C function, who called it
        isKnown = lua_getstack(state, 2, &where) && lua_getinfo(state, "Sl", &where);
    }
    lua_settop(state, 1);
    if (!lua_istable(state, 1)) {
        lua_newtable(state);
        if (lua_isstring(state, 1)) {
            lua_pushfstring(state, "ERR %s", lua_tostring(state, 1));
        } else if (lua_isboolean(state, 1)) {
            lua_pushstring(state, lua_toboolean(state, 1) ? "ERR true" : "ERR false");
        } else if (lua_isnil(state, 1)) {
            lua_pushstring(state, "ERR nil");
        } else {
            lua_pushfstring(state, "ERR %s: %p", luaL_typename(state, 1), lua_topointer(state, 1));
        }
        lua_setfield(state, -2, "err");
    }
    if (isKnown) {
        lua_pushstring(state, where.source);
        lua_setfield(state, -2, "source");
        lua_pushinteger(state, where.currentline);
        lua_setfield(state, -2, "line");
    }
    return 1;
}

static inline void assay_lua_push_error_handler(lua_State *state) {
    lua_pushcfunction(state, assay_lua_describe_error);
}

static inline void assay_lua_push_pcall(lua_State *state) { lua_pushcfunction(state, assay_lua_pcall); }

// MARK: tables that scripts may read and not change

// Pushes the table that a guarded one stands for, when it is one.
static inline int assay_lua_push_behind(lua_State *state, int index) {
    lua_rawgeti(state, LUA_REGISTRYINDEX, assay_lua_host(state)->guarded);
    lua_pushvalue(state, index);
    lua_rawget(state, -2);
    lua_remove(state, -2);
    if (!lua_isnil(state, -1)) return 1;
    lua_pop(state, 1);
    return 0;
}

// A library function that changes its first argument: refused on guarded tables.
static inline int assay_lua_changing(lua_State *state) {
    if (lua_istable(state, 1) && assay_lua_push_behind(state, 1)) {
        lua_pushstring(state, "Attempt to modify a readonly table");
        return lua_error(state);
    }
    return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

// A library function that reads its first argument: works on what the guarded table stands for.
static inline int assay_lua_reading(lua_State *state) {
    if (lua_istable(state, 1) && assay_lua_push_behind(state, 1)) lua_replace(state, 1);
    return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

// pairs: the upvalue is `next` for guarded tables.
static inline int assay_lua_pairs(lua_State *state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_settop(state, 1);
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_pushnil(state);
    return 3;
}

// What `__newindex` of a guarded table does.
static inline int assay_lua_refuse_change(lua_State *state) {
    return luaL_error(state, "Attempt to modify a readonly table");
}

// What `__index` of the globals does for a name that is none.
static inline int assay_lua_refuse_unknown(lua_State *state) {
    if (!lua_isstring(state, 2)) return luaL_error(state, "the name of a global variable is a string");
    return luaL_error(
        state, "Script attempted to access nonexistent global variable '%s'", lua_tostring(state, 2));
}

// Replaces function `name` of the table at `table` by one of the two above around it.
static inline void assay_lua_wrap(lua_State *state, int table, const char *name, int isChanging) {
    lua_pushvalue(state, table);
    lua_pushstring(state, name);
    lua_rawget(state, -2);
    if (lua_iscfunction(state, -1)) {
        lua_pushcclosure(state, isChanging ? assay_lua_changing : assay_lua_reading, 1);
        lua_pushstring(state, name);
        lua_insert(state, -2);
        lua_rawset(state, -3);
        lua_pop(state, 1);
    } else {
        lua_pop(state, 2);
    }
}

static inline void assay_lua_push_refuse_change(lua_State *state) {
    lua_pushcfunction(state, assay_lua_refuse_change);
}
static inline void assay_lua_push_refuse_unknown(lua_State *state) {
    lua_pushcfunction(state, assay_lua_refuse_unknown);
}
// Around the `next` on top.
static inline void assay_lua_push_pairs(lua_State *state) { lua_pushcclosure(state, assay_lua_pairs, 1); }

// MARK: text that is no program

// Compiled code is refused: nothing checks it, and it can crash the interpreter. A blank before it makes it text.
typedef struct AssayLuaSource {
    const char *text;
    size_t size;
    int began;
} AssayLuaSource;

static inline const char *assay_lua_read(lua_State *state, void *data, size_t *size) {
    (void)state;
    AssayLuaSource *source = (AssayLuaSource *)data;
    if (!source->began) {
        source->began = 1;
        if (source->size > 0 && source->text[0] == LUA_SIGNATURE[0]) {
            *size = 1;
            return " ";
        }
    }
    *size = source->size;
    source->size = 0;
    return *size > 0 ? source->text : NULL;
}

// Pushes the compiled function or the message: 0 or a status of Lua's. It does not raise.
static inline int assay_lua_compile(lua_State *state, const char *text, size_t size, const char *name) {
    AssayLuaSource source = {text, size, 0};
    return lua_load(state, assay_lua_read, &source, name);
}

// loadstring(text [, name])
static inline int assay_lua_loadstring(lua_State *state) {
    size_t size;
    const char *text = luaL_checklstring(state, 1, &size);
    const char *name = luaL_optstring(state, 2, text);
    if (assay_lua_compile(state, text, size, name) == 0) return 1;
    lua_pushnil(state);
    lua_insert(state, -2);
    return 2;
}

// load(function [, name]): all of its pieces at once.
static inline int assay_lua_load(lua_State *state) {
    const char *name = luaL_optstring(state, 2, "=(load)");
    luaL_checktype(state, 1, LUA_TFUNCTION);
    lua_settop(state, 2);
    luaL_Buffer text;
    luaL_buffinit(state, &text);
    for (;;) {
        lua_pushvalue(state, 1);
        lua_call(state, 0, 1);
        if (lua_isnil(state, -1)) break;
        if (!lua_isstring(state, -1)) return luaL_error(state, "reader function must return a string");
        if (lua_objlen(state, -1) == 0) break;
        luaL_addvalue(&text);
    }
    lua_pop(state, 1);
    luaL_pushresult(&text);
    size_t size;
    const char *whole = lua_tolstring(state, -1, &size);
    if (assay_lua_compile(state, whole, size, name) == 0) return 1;
    lua_pushnil(state);
    lua_insert(state, -2);
    return 2;
}

static inline void assay_lua_push_loadstring(lua_State *state) { lua_pushcfunction(state, assay_lua_loadstring); }
static inline void assay_lua_push_load(lua_State *state) { lua_pushcfunction(state, assay_lua_load); }

// MARK: names of macros, and what has a variable number of arguments

enum { ASSAY_LUA_REGISTRY = LUA_REGISTRYINDEX, ASSAY_LUA_GLOBALS = LUA_GLOBALSINDEX };

// luaopen_…: one library, in the globals there are now.
static inline void assay_lua_open_library(lua_State *state, const char *name, lua_CFunction open) {
    lua_pushcfunction(state, open);
    lua_pushstring(state, name);
    lua_call(state, 1, 0);
}

static inline void assay_lua_open_libraries(lua_State *state) {
    assay_lua_open_library(state, "", luaopen_base);
    assay_lua_open_library(state, LUA_TABLIBNAME, luaopen_table);
    assay_lua_open_library(state, LUA_STRLIBNAME, luaopen_string);
    assay_lua_open_library(state, LUA_MATHLIBNAME, luaopen_math);
}

// `%.*g`: the number of bytes written.
static inline int assay_lua_format(char *text, size_t size, int digits, double number) {
    return snprintf(text, size, "%.*g", digits, number);
}
