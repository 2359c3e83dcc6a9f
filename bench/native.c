/*
 * The codecs' own C libraries on a kernel's stream, up to the end of its notes: the limit that a decoder is held
 * against. Built once for each codec; prints the CPU microseconds of each run, or the version of the library that is
 * loaded where it says one.
 *
 *     native STREAM TARGET RUNS
 *     native --version
 *
 * lz4, lzo and zstd are declared here: their development packages need not be there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of the output after the target, for what a block has after it. */
#define ROOM (64 << 20)

static uint8_t *input, *output;
static size_t input_size, target;

static void die(const char *what)
{
    fprintf(stderr, "native: %s\n", what);
    exit(1);
}

#if defined(CODEC_xz) || defined(CODEC_lzma)
#include <lzma.h>
#define VERSION lzma_version_string()
static size_t decode(void)
{
    lzma_stream s = LZMA_STREAM_INIT;
#ifdef CODEC_xz
    if (lzma_stream_decoder(&s, UINT64_MAX, 0) != LZMA_OK) die("lzma_stream_decoder");
#else
    if (lzma_alone_decoder(&s, UINT64_MAX) != LZMA_OK) die("lzma_alone_decoder");
#endif
    s.next_in = input, s.avail_in = input_size, s.next_out = output, s.avail_out = target;
    while (s.avail_out > 0 && lzma_code(&s, LZMA_RUN) == LZMA_OK) ;
    lzma_end(&s);
    return target - s.avail_out;
}
#elif defined(WITH_libdeflate)
void *libdeflate_alloc_decompressor(void);
void libdeflate_free_decompressor(void *);
int libdeflate_gzip_decompress(void *, const void *, size_t, void *, size_t, size_t *);
static size_t decode(void)
{
    /* It knows no streams: with room up to the target it decodes so far, and says that there is not enough. */
    void *s = libdeflate_alloc_decompressor();
    int result = libdeflate_gzip_decompress(s, input, input_size, output, target, 0);
    libdeflate_free_decompressor(s);
    return result == 3 /* LIBDEFLATE_INSUFFICIENT_SPACE */ ? target : 0;
}
#elif defined(WITH_isal)
#include <isa-l/igzip_lib.h>
static size_t decode(void)
{
    static struct inflate_state s;
    isal_inflate_init(&s);
    s.crc_flag = ISAL_GZIP;
    s.next_in = input, s.avail_in = input_size, s.next_out = output, s.avail_out = target;
    if (isal_inflate(&s) != ISAL_DECOMP_OK) die("isal_inflate");
    return target - s.avail_out;
}
#elif defined(CODEC_gzip)
#include <zlib.h>
#define VERSION zlibVersion()
static size_t decode(void)
{
    z_stream s = {0};
    if (inflateInit2(&s, 15 + 16) != Z_OK) die("inflateInit2");
    s.next_in = input, s.avail_in = input_size, s.next_out = output, s.avail_out = target;
    while (s.avail_out > 0 && inflate(&s, Z_NO_FLUSH) == Z_OK) ;
    inflateEnd(&s);
    return target - s.avail_out;
}
#elif defined(CODEC_bzip2)
#include <bzlib.h>
#define VERSION BZ2_bzlibVersion()
static size_t decode(void)
{
    bz_stream s = {0};
    if (BZ2_bzDecompressInit(&s, 0, 0) != BZ_OK) die("BZ2_bzDecompressInit");
    s.next_in = (char *)input, s.avail_in = input_size, s.next_out = (char *)output, s.avail_out = target;
    while (s.avail_out > 0 && BZ2_bzDecompress(&s) == BZ_OK) ;
    BZ2_bzDecompressEnd(&s);
    return target - s.avail_out;
}
#elif defined(WITH_zero_copy)
void *ZSTD_createDCtx(void);
size_t ZSTD_freeDCtx(void *);
size_t ZSTD_decompressBegin(void *);
size_t ZSTD_nextSrcSizeToDecompress(void *);
size_t ZSTD_decompressContinue(void *, void *, size_t, const void *, size_t);
unsigned ZSTD_isError(size_t);
const char *ZSTD_versionString(void);
#define VERSION ZSTD_versionString()
static size_t decode(void)
{
    /* Block by block into the output itself, which is the window: nothing is copied. */
    void *s = ZSTD_createDCtx();
    size_t at = 0, done = 0, next;
    ZSTD_decompressBegin(s);
    while (done < target && (next = ZSTD_nextSrcSizeToDecompress(s)) != 0) {
        size_t got = ZSTD_decompressContinue(s, output + done, target + ROOM - done, input + at, next);
        if (ZSTD_isError(got)) die("ZSTD_decompressContinue");
        at += next, done += got;
    }
    ZSTD_freeDCtx(s);
    return done < target ? done : target;
}
#elif defined(CODEC_zstd)
typedef struct { void *dst; size_t size, pos; } ZSTD_outBuffer;
typedef struct { const void *src; size_t size, pos; } ZSTD_inBuffer;
void *ZSTD_createDStream(void);
size_t ZSTD_freeDStream(void *);
size_t ZSTD_decompressStream(void *, ZSTD_outBuffer *, ZSTD_inBuffer *);
size_t ZSTD_DCtx_setParameter(void *, int, int);
unsigned ZSTD_isError(size_t);
const char *ZSTD_versionString(void);
#define VERSION ZSTD_versionString()
static size_t decode(void)
{
    void *s = ZSTD_createDStream();
    ZSTD_outBuffer out = {output, target, 0};
    ZSTD_inBuffer in = {input, input_size, 0};
    ZSTD_DCtx_setParameter(s, 100 /* ZSTD_d_windowLogMax */, 31);
    while (out.pos < out.size && in.pos < in.size)
        if (ZSTD_isError(ZSTD_decompressStream(s, &out, &in))) die("ZSTD_decompressStream");
    ZSTD_freeDStream(s);
    return out.pos;
}
#elif defined(CODEC_lz4)
const char *LZ4_versionString(void);
#define VERSION LZ4_versionString()
int LZ4_decompress_safe_partial(const char *, char *, int, int, int);
static size_t decode(void)
{
    size_t at = 4, done = 0;
    while (done < target && at + 4 < input_size) {
        uint32_t size;
        memcpy(&size, input + at, 4);
        size_t want = target - done < 8 << 20 ? target - done : 8 << 20;
        int got = LZ4_decompress_safe_partial((char *)input + at + 4, (char *)output + done, size, want, 8 << 20);
        if (got < 0) die("LZ4_decompress_safe_partial");
        at += 4 + size, done += got;
    }
    return done < target ? done : target;
}
#elif defined(CODEC_lzo)
const char *lzo_version_string(void);
#define VERSION lzo_version_string()
int lzo1x_decompress_safe(const uint8_t *, unsigned long, uint8_t *, unsigned long *, void *);
static uint32_t be32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static size_t decode(void)
{
    /* lzop's header as it is written without a filter: 33 bytes and a name before its checksum. */
    size_t at = 9 + 25, done = 0;
    uint32_t flags = be32(input + 17);
    at += input[33] + 4;
    while (done < target && at + 8 < input_size) {
        unsigned long size = be32(input + at), packed = be32(input + at + 4);
        at += 8 + 4 * ((flags & 1) + (flags >> 8 & 1)) + (packed < size ? 4 * ((flags >> 1 & 1) + (flags >> 9 & 1)) : 0);
        if (size == 0) break;
        if (packed == size) memcpy(output + done, input + at, size);
        else if (lzo1x_decompress_safe(input + at, packed, output + done, &size, 0) != 0) die("lzo1x_decompress_safe");
        at += packed, done += size;
    }
    return done < target ? done : target;
}
#endif

#ifndef VERSION
#define VERSION ""
#endif

static long cpu_microseconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000L + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(VERSION);
        return 0;
    }
    struct stat st;
    int fd = argc == 4 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || fstat(fd, &st) != 0) die("usage: native STREAM TARGET RUNS");
    input_size = st.st_size, target = atol(argv[2]);
    input = malloc(input_size), output = malloc(target + ROOM);
    if (input == 0 || output == 0) die("out of memory");
    if (read(fd, input, input_size) != (ssize_t)input_size) die("cannot read the stream");
    memset(output, 1, target + ROOM);
    for (int run = atoi(argv[3]); run > 0; run--) {
        long start = cpu_microseconds();
        if (decode() != target) die("the stream ends before the target");
        printf("%ld\n", cpu_microseconds() - start);
    }
    return 0;
}
