/*
 * A decoder of Xen's hypervisor as a program: built with -DCODEC_NAME and -I for a Xen source tree, of which it includes
 * the decoder. Reads images from stdin, each as three native words (its size, where the payload starts, the payload's
 * length) and its bytes. For each it prints what the decoder prints, texts separated by "|", and "=" where it unpacks the
 * payload; "outside" where it leaves its buffers.
 */
#define _GNU_SOURCE
#include <byteswap.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define INPUT_ROOM (64UL << 20)
#define OUTPUT_ROOM (256UL << 20)

static sigjmp_buf stopped;
static char said[4096];

static void say(const char *text)
{
    if (said[0] != 0)
        strcat(said, "|");
    strncat(said, text, sizeof said - strlen(said) - 2);
}

/* What the decoders want of Xen's headers. */
typedef uint8_t u8;
typedef uint16_t u16, __u16, __le16, __be16;
typedef uint32_t u32, __u32, __le32, __be32;
typedef uint64_t u64, __u64, __le64, __be64;
#define min(a, b) ((a) < (b) ? (a) : (b))
#define MIN(a, b) min(a, b)
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define likely(x) (x)
#define unlikely(x) (x)
#define noinline
#define cf_check
#define always_inline
#define attr_const
#define __force
#define __packed __attribute__((__packed__))
#define CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS
#define le16_to_cpu(x) le16toh(x)
#define le32_to_cpu(x) le32toh(x)
#define le64_to_cpu(x) le64toh(x)
#define be16_to_cpu(x) be16toh(x)
#define be32_to_cpu(x) be32toh(x)
#define cpu_to_le16(x) htole16(x)
#define cpu_to_le32(x) htole32(x)
#define cpu_to_le64(x) htole64(x)
#define be16_to_cpup(at) be16toh(*(const u16 *)(at))
#define be32_to_cpup(at) be32toh(*(const u32 *)(at))
#define le16_to_cpup(at) le16toh(*(const u16 *)(at))
#define le32_to_cpup(at) le32toh(*(const u32 *)(at))
#define le64_to_cpup(at) le64toh(*(const u64 *)(at))
typedef bool bool_t;
#define __init
#define __initdata
#define PAGE_SIZE PAGE
static void *xmalloc_bytes(size_t size) { return malloc(size); }
static void xfree(void *pointer) { free(pointer); }
/* Xen has one of them. */
#undef __BIG_ENDIAN

#ifdef CODEC_gzip
#define __XEN__
static void panic(const char *format, const char *text)
{
    say(text);
    siglongjmp(stopped, 2);
}
#define alloc_xenheap_pages(order, flags) xmalloc_bytes(PAGE_SIZE << (order))
#define free_xenheap_pages(pages, order) xfree(pages)
/* It has a heap of its own. */
#define malloc inflate_malloc
#define free inflate_free
#if __has_include("common/gzip/gunzip.c")
#include "common/gzip/gunzip.c"
#elif __has_include("common/gunzip.c")
#include "common/gunzip.c"
#else
/* The rest of that file is not used. */
#define elf_is_elfbinary(...) 0
#define decompress(...) 0
#define printk(...)
#define BUG_ON(...)
#include "arch/x86/bzimage.c"
#endif
#define DECODE(in, length, out) perform_gunzip((char *)(out), (char *)(in), length)
#else
#if defined(CODEC_bzip2)
#include "common/bunzip2.c"
#define UNPACK bunzip2
#elif defined(CODEC_lzma)
#include "common/unlzma.c"
#define UNPACK unlzma
#elif defined(CODEC_xz)
#define XZ_DEC_X86
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#include "common/unxz.c"
#define UNPACK unxz
#elif defined(CODEC_lzo)
#define get_unaligned(at) (*(at))
#define put_unaligned(value, at) (*(at) = (value))
#include "common/lzo.c"
#include "common/unlzo.c"
#define UNPACK unlzo
#elif defined(CODEC_lz4)
#define __MINIOS__
#ifdef NEEDS_LE32
static inline u32 get_unaligned_le32(const void *at) { u32 value; memcpy(&value, at, 4); return le32toh(value); }
#endif
#include "common/unlz4.c"
#define UNPACK unlz4
#elif defined(CODEC_zstd)
#include <asm/unaligned.h>
#include <xen/xxhash.h>
#include "lib/xxhash64.c"
#include "common/unzstd.c"
#define UNPACK unzstd
#endif
#define DECODE(in, length, out) UNPACK(in, length, NULL, NULL, out, NULL, say)
#endif

static void leave(int signal)
{
    siglongjmp(stopped, 1);
}

/* `size` bytes, and a page after them that nobody may touch. */
static u8 *room(size_t size)
{
    u8 *start = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED || mprotect(start + size, PAGE, PROT_NONE) != 0)
        abort();
    return start;
}

int main(void)
{
    u8 *input = room(INPUT_ROOM), *output = room(OUTPUT_ROOM);
    u32 words[3];

    signal(SIGSEGV, leave);
    signal(SIGBUS, leave);
    while (fread(words, sizeof words, 1, stdin) == 1) {
        u8 *image = input + INPUT_ROOM - words[0];
        volatile int status = -1;

        if (words[0] > INPUT_ROOM || fread(image, 1, words[0], stdin) != words[0])
            abort();
        /* Some decoders leave their variables as they are after an image. */
        if (fork() != 0) {
            wait(NULL);
            continue;
        }
        said[0] = 0;
        switch (sigsetjmp(stopped, 1)) {
        case 0:
            status = DECODE(image + words[1], words[2], output);
            break;
        case 1:
            strcpy(said, "outside");
            break;
        }
        printf("%s%s\n", said, status == 0 ? "=" : "");
        fflush(stdout);
        _exit(0);
    }
    return 0;
}
