// What the compiler was told about the processor. Swift has no word for it; clang's macros follow -march.
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include "loop_body.h"
#include "pages.h"

#pragma clang assume_nonnull begin

#if defined(__AVX512F__)
enum { VECTOR_REGISTER_BITS = 512 };
#elif defined(__AVX__)
enum { VECTOR_REGISTER_BITS = 256 };
#else
enum { VECTOR_REGISTER_BITS = 128 };
#endif

/// Tells the processor that a thread watches memory in a loop, so that it leaves the core's units to others.
static inline void processor_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Tells the processor that memory will soon be read.
static inline void processor_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Tells the processor that memory will soon be written, so that it takes the line from other cores.
static inline void processor_prefetch_to_write(const void *address) { __builtin_prefetch(address, 1, 3); }

/// The same pointer, of which the compiler no longer knows where it came from.
static inline float *processor_unrelated(float *address) {
    __asm__("" : "+r"(address));
    return address;
}

/// The same for a distance between addresses.
static inline long processor_unrelated_distance(long distance) {
    __asm__("" : "+r"(distance));
    return distance;
}

/// The first set of vector instructions that this program was built with and this processor lacks; a null pointer if none
/// of those checked. (What else a build for one machine uses has always come together with them.)
const char *_Nullable processor_missing_instructions(void);
/// The instructions that this program was built with, in one word.
const char *processor_built_for(void);

#pragma clang assume_nonnull end

#endif
