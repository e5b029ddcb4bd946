#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// MARK: Errors

// libpng reports an error by calling this, which must not return: it jumps back to the function that called libpng.
static void fail(png_structp png, png_const_charp text) {
    char *message = png_get_error_ptr(png);
    strncpy(message, text, CPNG_MESSAGE_SIZE - 1);
    message[CPNG_MESSAGE_SIZE - 1] = 0;
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static int refuse(char *message, const char *text) {
    strncpy(message, text, CPNG_MESSAGE_SIZE - 1);
    message[CPNG_MESSAGE_SIZE - 1] = 0;
    return 1;
}

// MARK: Encoding

typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} Buffer;

static void append(png_structp png, png_bytep data, size_t count) {
    Buffer *buffer = png_get_io_ptr(png);
    if (buffer->count + count > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : 1 << 16;
        while (capacity < buffer->count + count) capacity *= 2;
        uint8_t *bytes = realloc(buffer->bytes, capacity);
        if (!bytes) png_error(png, "out of memory");
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->count, data, count);
    buffer->count += count;
}

static void flush(png_structp png) { (void)png; }

static int is_ascii(const char *text) {
    for (; *text; text++)
        if ((unsigned char)*text >= 128) return 0;
    return 1;
}

// Writes everything; leaves by longjmp on an error, so it owns nothing.
static void write_image(png_structp png, png_infop info, Buffer *buffer, const uint8_t *pixels, uint32_t width,
                        uint32_t height, uint32_t pixels_per_metre, png_text *chunks, int chunk_count) {
    png_set_write_fn(png, buffer, append, flush);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    // Fixed settings: the same pixels give the same bytes. Line drawings on white pack best unfiltered.
    png_set_compression_level(png, 6);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_pHYs(png, info, pixels_per_metre, pixels_per_metre, PNG_RESOLUTION_METER);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (chunk_count > 0) png_set_text(png, info, chunks, chunk_count);
    png_write_info(png, info);
    for (uint32_t row = 0; row < height; row++)
        png_write_row(png, pixels + (size_t)row * width * 3);
    png_write_end(png, info);
}

int cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint32_t pixels_per_metre,
                const cpng_text *texts, size_t text_count,
                uint8_t **bytes, size_t *count, char message[CPNG_MESSAGE_SIZE]) {
    png_text *chunks = calloc(text_count ? text_count : 1, sizeof *chunks);
    Buffer *buffer = calloc(1, sizeof *buffer);
    if (!chunks || !buffer) {
        free(chunks);
        free(buffer);
        return refuse(message, "out of memory");
    }
    for (size_t index = 0; index < text_count; index++) {
        chunks[index].compression =
            is_ascii(texts[index].text) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
        chunks[index].key = (png_charp)texts[index].key;
        chunks[index].text = (png_charp)texts[index].text;
    }
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int failed = 1;
    if (!info) {
        refuse(message, "libpng could not be set up");
    } else if (setjmp(png_jmpbuf(png)) == 0) {
        write_image(png, info, buffer, pixels, width, height, pixels_per_metre, chunks, (int)text_count);
        *bytes = buffer->bytes;
        *count = buffer->count;
        failed = 0;
    } else {
        free(buffer->bytes);
    }
    png_destroy_write_struct(&png, &info);
    free(buffer);
    free(chunks);
    return failed;
}

// MARK: Decoding

typedef struct {
    const uint8_t *bytes;
    size_t left;
} Source;

static void take(png_structp png, png_bytep data, size_t count) {
    Source *source = png_get_io_ptr(png);
    if (count > source->left) png_error(png, "the file ends too early");
    memcpy(data, source->bytes, count);
    source->bytes += count;
    source->left -= count;
}

// Fills `image`, whose owner releases what is in it when this leaves by longjmp.
static void read_image(png_structp png, png_infop info, Source *source, cpng_image *image) {
    png_set_read_fn(png, source, take);
    png_read_info(png, info);
    image->width = png_get_image_width(png, info);
    image->height = png_get_image_height(png, info);
    image->pixels_per_metre = png_get_x_pixels_per_meter(png, info);
    png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_bytes = png_get_rowbytes(png, info);
    if (row_bytes != (size_t)image->width * 3) png_error(png, "an unexpected pixel layout");
    image->pixels = calloc(image->height, row_bytes);
    if (!image->pixels) png_error(png, "out of memory");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t row = 0; row < image->height; row++)
            png_read_row(png, image->pixels + row * row_bytes, NULL);
    png_read_end(png, info);

    png_textp chunks = NULL;
    int count = 0;
    png_get_text(png, info, &chunks, &count);
    if (count <= 0) return;
    image->texts = calloc((size_t)count, sizeof *image->texts);
    if (!image->texts) png_error(png, "out of memory");
    for (int index = 0; index < count; index++) {
        image->texts[index].key = strdup(chunks[index].key);
        image->texts[index].text = strdup(chunks[index].text ? chunks[index].text : "");
        image->text_count = (size_t)index + 1;
    }
}

int cpng_decode(const uint8_t *bytes, size_t count, cpng_image *image, char message[CPNG_MESSAGE_SIZE]) {
    memset(image, 0, sizeof *image);
    Source source = {bytes, count};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int failed = 1;
    if (!info) {
        refuse(message, "libpng could not be set up");
    } else if (setjmp(png_jmpbuf(png)) == 0) {
        read_image(png, info, &source, image);
        failed = 0;
    } else {
        cpng_image_free(image);
    }
    png_destroy_read_struct(&png, &info, NULL);
    return failed;
}

void cpng_free(void *bytes) { free(bytes); }

void cpng_image_free(cpng_image *image) {
    for (size_t index = 0; index < image->text_count; index++) {
        free((void *)image->texts[index].key);
        free((void *)image->texts[index].text);
    }
    free(image->texts);
    free(image->pixels);
    memset(image, 0, sizeof *image);
}
