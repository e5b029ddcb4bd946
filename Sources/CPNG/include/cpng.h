#ifndef NORMLAB_CPNG_H
#define NORMLAB_CPNG_H
#include <stddef.h>
#include <stdint.h>
int cpng_placeholder(void);
#endif
