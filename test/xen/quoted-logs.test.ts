/** Lines of logs as people have them: from syslog and the journal, in mails and management programs, cut in two. */
import { describe, expect, test } from 'vitest'
import { findLoaderLines } from '../../src/xen/why.ts'

const NO_LOADER = 'xc_dom_find_loader: no loader found'
const PANIC = `xc: error: panic: xg_dom_core.c:689: ${NO_LOADER}: Invalid kernel`
const patterns = (log: string) => findLoaderLines(log).map(({ known }) => known.pattern)
const causes = (log: string) => findLoaderLines(log).flatMap(({ known }) => known.causes)

describe('what stands around a line', () => {
  test.each([
    ['rsyslog and journalctl -o short-iso', `2024-03-01T12:00:01.123456+01:00 xen1 xl[4242]: ${PANIC}`],
    ['journalctl -o short-precise', `Mar 01 12:00:01.123456 xen1 xl[4242]: ${PANIC}`],
    ['syslog over the network', `<30>Mar  1 12:00:01 xen1 xl[4242]: ${PANIC}`],
    ['grep', `/var/log/xen/xl-web01.log.1:17:${PANIC}`],
    ['cat -n', `    17\t${PANIC}`],
    ['a mail', `> > ${PANIC}`],
    ['colours', `\u001b[1;31m${PANIC}\u001b[0m`],
    ['quoted-printable', `${PANIC.replace(': Invalid kernel', ':=')}`],
    [
      'a table of a document',
      `| \`xl create\` fails: \`${NO_LOADER}: Invalid kernel\` | another architecture |`,
    ],
    [
      "xenopsd's log",
      `Mar  1 12:00:01 xcp1 xenopsd-xc: [error||17 |Async.VM.start R:1c2d|xenops_server] Caught exception: Xenguest failed: xc_dom_linux_build: [2] ${NO_LOADER}\\n`,
    ],
  ])('%s', (_name, line) => {
    expect(patterns(line)).toEqual([NO_LOADER])
  })

  test('what management programs say of pygrub', () => {
    const text = 'Unable to find partition containing kernel'
    for (const line of [
      `msg: RuntimeError: ${text}`,
      `Error: Starting VM 'web01' - The bootloader for this VM returned an error -- did the VM installation succeed? ${text}`,
      `Error parameters: , File "/usr/bin/pygrub", line 746, in ?,  raise RuntimeError, "${text}",  RuntimeError: ${text},`,
    ])
      expect(patterns(line)).toEqual([text])
  })

  test('several messages on one line', () => {
    const line =
      "kernel /vmlinuz root=/dev/sda1 ro ERROR Invalid kernel: elf_xen_note_check: ERROR: Will only load images built for the generic loader or Linux images (Not '' and 'plan9') xc_dom_parse_image returned -1 Error 9: Unknown boot failure"
    expect(patterns(line)).toEqual([
      "elf_xen_note_check: ERROR: Will only load images built for the generic loader or Linux images (Not '{loader}' and '{os}')",
      'xc_dom_parse_image returned {code}',
    ])
  })
})

describe('a line that was cut in two', () => {
  test.each([
    [
      'between words',
      `xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no loader\nfound: Invalid kernel`,
    ],
    [
      'in a word',
      `xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no load\r\ner found: Invalid kernel`,
    ],
    [
      'in a mail',
      `> xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no\n> loader found: Invalid kernel`,
    ],
    [
      'by quoted-printable',
      `xc: error: panic: xg_dom_core.c:689: xc_dom_find_loader: no load=\ner found: Invalid kernel`,
    ],
  ])('%s', (_name, log) => {
    const [found, ...more] = findLoaderLines(`Parsing config from web.cfg\n${log}\nlibxl: more\n`)
    expect([found?.number, found?.known.pattern, more]).toEqual([2, NO_LOADER, []])
  })

  test("libxl's line about the boot loader", () => {
    const log =
      'libxl: error: libxl_bootloader.c:635:bootloader_finished: bootloader\nfailed - consult logfile /var/log/xen/bootloader.42.log\n'
    expect(patterns(log)).toEqual(['bootloader failed - consult logfile {file}'])
  })

  test('two lines that only happen to follow each other make none', () => {
    expect(patterns('error: attempt to seek\ncrc\nerror\nlength\nerror\nout of\nmemory\n')).toEqual([])
  })
})

describe('words that other programs have, too', () => {
  test.each([
    'Nov 26 10:15:02 host1 kernel: [    1.271011] Decoding failed',
    '[    1.271011] crc error',
    '[    0.712011] Initramfs unpacking failed: ZSTD-compressed data is corrupt',
    'Nov 26 10:15:02 host1 smartd[311]: unexpected EOF',
    '2024-03-01T12:00:01.123456+01:00 host1 mpd[99]: Decoding failed',
    'Nov 26 10:15:02 host1 php-fpm[311]: out of memory',
    'bzip2: Compressed file ends unexpectedly;',
    'bzip2: Data integrity error when decompressing.',
    'Nov 26 10:15:02 host1 cron[311]: syntax error: unexpected "("\nNov 26 10:15:03 host1 cron[311]: done',
    'Error: data corrupted\nDone',
  ])('are none of the hypervisor: %s', log => {
    expect(patterns(log)).toEqual([])
  })

  test.each(['(XEN) Decoding failed', '[2024-03-01 12:00:01] (XEN) Decoding failed', 'Decoding failed'])(
    'are its own where it says so or nothing speaks against it: %s',
    line => {
      expect(causes(line)).toContain('lz4-decoder-broken')
    },
  )

  test("are GRUB's where nothing speaks against it", () => {
    expect(causes('Mar 01 12:00:01 xen1 xenconsoled[99]: error: not xen image.')).toContain(
      'codec-unsupported',
    )
    expect(causes('[2024-03-01 12:00:01] error: out of memory.')).toContain('kernel-too-large')
  })
})

describe('lines beside those of the models', () => {
  test('the details that xl -vvv shows of a decoder', () => {
    const log = [
      'domainbuilder: detail: _xc_try_lzma_decode: XZ decompression error: Memory usage limit reached',
      'xc: error: panic: xg_dom_bzimageloader.c:761: xc_dom_probe_bzimage_kernel unable to XZ decompress kernel: Invalid kernel',
    ].join('\n')
    const [detail] = findLoaderLines(log)
    expect(detail!.known.causes).toEqual(['dictionary-too-large'])
    expect(causes('domainbuilder: detail: ZSTD: error: Data corruption detected')).toContain('stream-broken')
    expect(causes('domainbuilder: detail: XZ: got 0x10 bytes instead of 0x20')).toEqual(['size-word-wrong'])
    expect(causes('domainbuilder: detail: xc_try_zstd_decode: ZSTD decompress OK, 0x1 -> 0x2')).toEqual([])
    expect(causes('domainbuilder: detail: BZIP2: Saw data stream end')).toEqual([])
    expect(causes('domainbuilder: detail: LZ4: decoding failed')).toEqual(['stream-broken'])
    expect(causes('domainbuilder: detail: xc_dom_parse_elf_kernel: ELF broken: header')).toEqual([
      'elf-table-outside',
    ])
    const [missing] = findLoaderLines(
      'domainbuilder: detail: xc_try_xz_decode: XZ decompress support unavailable',
      ['4.4.4'],
    )
    expect(missing!.known.causes).toEqual(['decoder-not-built'])
  })

  test('a dom0 of 32 bits where pv=no-32 is on the command line', () => {
    expect(causes('(XEN) Dom0 failed to switch to compat: -95')).toEqual(['pv32-not-built'])
  })

  test('what ends the start of a guest, and names no cause', () => {
    for (const line of [
      'libxl: error: libxl_dom.c:586:libxl__build_dom: xc_dom_kernel_file failed: No such file or directory',
      'xc_dom_parse_image returned -1',
      'Error 9: Unknown boot failure',
      "Error: Boot loader didn't return any data!",
      'libxl: error: libxl_dom.c:586:libxl__build_dom: xc_dom_boot_mem_init failed: Operation not supported',
    ])
      expect(findLoaderLines(line)[0]?.known).toMatchObject({ kind: 'ending', causes: [] })
  })

  test('a domain that gets no memory: the host, or a hypervisor without 32-bit PV', () => {
    const [found] = findLoaderLines(
      "xc: error: panic: xg_dom_boot.c:121: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory",
    )
    expect(found!.known.next).toMatch(/^Mostly the host has too little free memory/)
  })
})

describe('the line that comes when every loader has refused a kernel', () => {
  const search = (log: string) =>
    findLoaderLines(log)
      .filter(({ known }) => known.pattern === NO_LOADER)
      .map(({ known }) => [known.kind, known.causes.length > 0])
  const ZSTD = 'xc: error: panic: xc_dom_probe_bzimage_kernel: unknown compression format: Invalid kernel'

  test('names no cause where the line before it does', () => {
    expect(search(`${ZSTD}\n${PANIC}`)).toEqual([['ending', false]])
  })

  test('may be about any where none does, in the log of each guest', () => {
    expect(search(`${ZSTD}\n${PANIC}\nParsing config from b.cfg\n${PANIC}`)).toEqual([
      ['ending', false],
      [undefined, true],
    ])
    const noise = 'xc: error: panic: xc_dom_probe_bzimage_kernel: kernel is not a bzImage: Invalid kernel'
    expect(search(`${noise}\n${PANIC}`)).toEqual([[undefined, true]])
  })
})
