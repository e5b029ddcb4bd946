// A thin layer over libpng: it keeps setjmp on the C side, where it is defined, and hands back error codes.
#ifndef NORMLAB_CPNG_H
#define NORMLAB_CPNG_H

#include <stddef.h>
#include <stdint.h>

/// The room for an error message, its terminating zero included.
#define CPNG_MESSAGE_SIZE 200

/// A key and its text, both in UTF-8: written as tEXt when the text is ASCII and as iTXt otherwise.
typedef struct {
    const char *key;
    const char *text;
} cpng_text;

/// A decoded file: 8-bit RGB rows without gaps, and its texts. Release it with cpng_image_free.
typedef struct {
    uint8_t *pixels;
    uint32_t width;
    uint32_t height;
    uint32_t pixels_per_metre;
    cpng_text *texts;
    size_t text_count;
} cpng_image;

/// Encodes 8-bit RGB rows without gaps. The bytes depend on the arguments and on the versions of libpng and zlib alone:
/// no time is written. Returns 0, or 1 with a message. On success *bytes is to be released with cpng_free.
int cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t pixels_per_metre,
                const cpng_text *texts, size_t text_count,
                uint8_t **bytes, size_t *count, char message[CPNG_MESSAGE_SIZE]);

/// Decodes any PNG to 8-bit RGB over white. Returns 0, or 1 with a message.
int cpng_decode(const uint8_t *bytes, size_t count, cpng_image *image, char message[CPNG_MESSAGE_SIZE]);

void cpng_free(void *bytes);
void cpng_image_free(cpng_image *image);

#endif
