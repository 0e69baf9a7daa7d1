#define _GNU_SOURCE
#include "ScriptEngine.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const script_engine *script_engine_load(const char *path, char **message) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *message = strdup(dlerror());
        return NULL;
    }
    const script_engine *(*table)(void);
    *(void **)&table = dlsym(library, "assay_script_engine");
    if (!table) {
        *message = strdup("it has no function assay_script_engine");
        return NULL;
    }
    const script_engine *engine = table();
    if (engine->version != SCRIPT_ENGINE_VERSION) {
        if (asprintf(message, "it was built for version %d of the bridge, and this is %d", engine->version,
                     SCRIPT_ENGINE_VERSION) < 0)
            *message = NULL;
        return NULL;
    }
    return engine;
}
