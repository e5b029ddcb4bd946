// MAP_ANONYMOUS and MADV_HUGEPAGE are no part of standard C.
#define _GNU_SOURCE
#include "pages.h"
#include <stdint.h>
#include <sys/mman.h>

static size_t whole_pages(size_t bytes) {
    return (bytes + LARGE_PAGE_BYTES - 1) / LARGE_PAGE_BYTES * LARGE_PAGE_BYTES;
}

void *pages_map(size_t bytes) {
    size_t size = whole_pages(bytes);
    // One page more, to give back what lies before and behind a place that is aligned.
    char *memory = mmap(NULL, size + LARGE_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    size_t before = whole_pages((uintptr_t)memory) - (uintptr_t)memory;
    if (before > 0) munmap(memory, before);
    munmap(memory + before + size, LARGE_PAGE_BYTES - before);
#ifdef MADV_HUGEPAGE
    // A wish: small pages do too.
    madvise(memory + before, size, MADV_HUGEPAGE);
#endif
    return memory + before;
}

void pages_unmap(void *address, size_t bytes) { munmap(address, whole_pages(bytes)); }
