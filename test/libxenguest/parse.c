/*
 * Asks libxenguest about kernel images, without a hypervisor. For each path on stdin: every error line that is logged, then
 * "ok TYPE" or "fail". With an argument the container is HVM (PVH). Uses the interface of libxen-dev alone.
 */
#include <stdio.h>
#include <string.h>
#include <xenctrl.h>
#include <xenguest.h>

#ifdef NO_DOM_BUILDER
/*
 * libxen-dev 4.14 has no header for the domain builder: its functions, and where the fields are in struct xc_dom_image of
 * RELEASE-4.14.6 on x86-64 (tools/libxc/include/xc_dom.h).
 */
struct xc_dom_image *xc_dom_allocate(xc_interface *, const char *, const char *);
int xc_dom_kernel_file(struct xc_dom_image *, const char *);
int xc_dom_parse_image(struct xc_dom_image *);
void xc_dom_release(struct xc_dom_image *);
#define CONTAINER_TYPE(dom) (*(int *)((char *)(dom) + 2336))
#define XEN_CAPS(dom) ((char *)(dom) + 1236)
#define GUEST_TYPE(dom) (*(const char **)((char *)(dom) + 832))
enum { XC_DOM_PV_CONTAINER, XC_DOM_HVM_CONTAINER };
#else
#define CONTAINER_TYPE(dom) (dom)->container_type
#define XEN_CAPS(dom) (dom)->xen_caps
#define GUEST_TYPE(dom) (dom)->guest_type
#endif

#define CAPABILITIES "xen-3.0-x86_64 xen-3.0-x86_32p hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64"

static void message(struct xentoollog_logger *logger, xentoollog_level level, int error, const char *context,
                    const char *format, va_list arguments)
{
    if (level < XTL_ERROR)
        return;
    printf("log ");
    vprintf(format, arguments);
    putchar('\n');
}

static void progress(struct xentoollog_logger *logger, const char *context, const char *what, int percent,
                     unsigned long done, unsigned long total)
{
}

static void destroy(struct xentoollog_logger *logger)
{
}

int main(int argc, char **argv)
{
    static struct xentoollog_logger logger = { message, progress, destroy };
    char path[4096];

    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        xc_interface *xch = xc_interface_open(&logger, &logger, XC_OPENFLAG_DUMMY);
        struct xc_dom_image *dom = xc_dom_allocate(xch, NULL, NULL);
        CONTAINER_TYPE(dom) = argc > 1 ? XC_DOM_HVM_CONTAINER : XC_DOM_PV_CONTAINER;
        strcpy(XEN_CAPS(dom), CAPABILITIES);
        if (xc_dom_kernel_file(dom, path) || xc_dom_parse_image(dom))
            puts("fail");
        else
            printf("ok %s\n", GUEST_TYPE(dom));
        fflush(stdout);
        xc_dom_release(dom);
        xc_interface_close(xch);
    }
    return 0;
}
