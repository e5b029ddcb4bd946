// Compiled with the -march of the kernels, so that it knows what they were compiled for.
#define _GNU_SOURCE
#include "CProcessor.h"
#include <stdint.h>
#include <sys/mman.h>

const char *processor_built_for(void) {
#if defined(__AVX512F__)
    return "AVX-512";
#elif defined(__AVX2__)
    return "AVX2";
#elif defined(__x86_64__)
    return "x86-64";
#elif defined(__aarch64__)
    return "NEON";
#else
    return "this processor";
#endif
}

#if defined(__x86_64__)
#define REQUIRE(feature, name)                                                                                         \
    if (!__builtin_cpu_supports(feature)) return name

const char *processor_missing_instructions(void) {
    __builtin_cpu_init();
#ifdef __AVX__
    REQUIRE("avx", "AVX");
#endif
#ifdef __FMA__
    REQUIRE("fma", "FMA");
#endif
#ifdef __AVX2__
    REQUIRE("avx2", "AVX2");
#endif
#ifdef __BMI2__
    REQUIRE("bmi2", "BMI2");
#endif
#ifdef __AVX512F__
    REQUIRE("avx512f", "AVX-512F");
#endif
#ifdef __AVX512BW__
    REQUIRE("avx512bw", "AVX-512BW");
#endif
#ifdef __AVX512DQ__
    REQUIRE("avx512dq", "AVX-512DQ");
#endif
#ifdef __AVX512VL__
    REQUIRE("avx512vl", "AVX-512VL");
#endif
#ifdef __AVX512VBMI__
    REQUIRE("avx512vbmi", "AVX-512VBMI");
#endif
#ifdef __AVX512VNNI__
    REQUIRE("avx512vnni", "AVX-512VNNI");
#endif
#ifdef __AVX512BF16__
    REQUIRE("avx512bf16", "AVX-512BF16");
#endif
    return NULL;
}
#else
const char *processor_missing_instructions(void) { return NULL; }
#endif

static size_t whole_pages(size_t bytes) {
    return (bytes + LARGE_PAGE_BYTES - 1) / LARGE_PAGE_BYTES * LARGE_PAGE_BYTES;
}

void *processor_map_zeros(size_t bytes) {
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

void processor_unmap(void *address, size_t bytes) { munmap(address, whole_pages(bytes)); }
