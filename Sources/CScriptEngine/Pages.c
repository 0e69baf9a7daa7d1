#define _GNU_SOURCE
#include "ScriptEngine.h"
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// What the kernel can read again, from a file: of a program that was packed, or put on large pages, nothing of its code is.
typedef struct {
    size_t count, room;
    struct {
        uintptr_t begin, end;
    } *ranges;
} Files;

static Files read_files(void) {
    Files files = {0};
    FILE *maps = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t size = 0;
    while (maps && getline(&line, &size, maps) > 0) {
        unsigned long begin, end, inode;
        if (sscanf(line, "%lx-%lx %*s %*s %*s %lu", &begin, &end, &inode) != 3 || inode == 0)
            continue;
        if (files.count == files.room) {
            size_t room = files.room * 2 + 64;
            void *more = realloc(files.ranges, room * sizeof *files.ranges);
            if (!more)
                break;
            files.ranges = more;
            files.room = room;
        }
        files.ranges[files.count].begin = begin;
        files.ranges[files.count++].end = end;
    }
    free(line);
    if (maps)
        fclose(maps);
    return files;
}

static void unmap(const Files *files, uintptr_t begin, uintptr_t end) {
    for (size_t i = 0; i < files->count; i++) {
        uintptr_t from = begin > files->ranges[i].begin ? begin : files->ranges[i].begin;
        uintptr_t to = end < files->ranges[i].end ? end : files->ranges[i].end;
        if (from < to)
            madvise((void *)from, to - from, MADV_DONTNEED);
    }
}

// Of one loaded object: whole pages of what is never written to. Code that the loader has written to is left alone.
static int unmap_code(struct dl_phdr_info *object, size_t size, void *files) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_DYNAMIC)
            continue;
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + part->p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++)
            if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)))
                return 0;
    }
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W))
            continue;
        uintptr_t begin = (object->dlpi_addr + part->p_vaddr + page - 1) / page * page;
        uintptr_t end = (object->dlpi_addr + part->p_vaddr + part->p_memsz) / page * page;
        unmap(files, begin, end);
    }
    return 0;
}

void script_let_go_of_code(void) {
    Files files = read_files();
    dl_iterate_phdr(unmap_code, &files);
    free(files.ranges);
}
