// A Swift closure that threads share while it lives on the stack of one of them.
#ifndef CPROCESSOR_LOOP_BODY_H
#define CPROCESSOR_LOOP_BODY_H

#pragma clang assume_nonnull begin

/// A closure `(Int) -> Void` as Swift passes it: its code, and the context with what it has captured. It holds no reference.
typedef struct {
    const void *_Nullable code;
    const void *_Nullable context;
} loop_body;

/// Runs one item. Swift's convention hands the context over in a register of its own.
static inline void loop_body_run(loop_body body, long item) {
    typedef __attribute__((swiftcall)) void closure(long, __attribute__((swift_context)) const void *_Nullable);
    ((closure *)body.code)(item, body.context);
}

#pragma clang assume_nonnull end

#endif
