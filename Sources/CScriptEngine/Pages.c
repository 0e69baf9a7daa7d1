#define _GNU_SOURCE
#include "ScriptEngine.h"
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

// Of one loaded object: whole pages of what is never written to. Code that the loader has written to is left alone.
static int unmap_code(struct dl_phdr_info *object, size_t size, void *unused) {
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
        if (begin < end)
            madvise((void *)begin, end - begin, MADV_DONTNEED);
    }
    return 0;
}

void script_let_go_of_code(void) { dl_iterate_phdr(unmap_code, NULL); }
