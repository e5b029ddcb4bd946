// Large memory from the system, which Swift allocates in small pages only.
#ifndef CPROCESSOR_PAGES_H
#define CPROCESSOR_PAGES_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// The large pages of the usual systems, in bytes: what `pages_map` aligns to and rounds up to.
enum { LARGE_PAGE_BYTES = 2 << 20 };

/// Zeros from the system, in large pages where it has some; a null pointer if it has no memory. No page is touched: it
/// becomes memory where it is first used, near the thread that uses it.
void *_Nullable pages_map(size_t bytes);
/// Gives back the memory that `pages_map` gave for this number of bytes.
void pages_unmap(void *address, size_t bytes);

#pragma clang assume_nonnull end

#endif
