#include "loop_body.h"

/// Calls `run` with the closure's two words, at the end of which the closure may end too. Swift declares it for itself, with
/// a closure in place of the first two parameters.
__attribute__((swiftcall)) void loop_with_body(
    const void *code, const void *context, void *pool, long count, void (*run)(void *pool, long count, loop_body body)
) {
    run(pool, count, (loop_body){code, context});
}
