// Compiled with the -march of the kernels, so that it knows what they were compiled for.
#include "CProcessor.h"
#include <stddef.h>

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
