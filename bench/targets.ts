/** What the measurements are held against. */
import { findRow, type Results, type Row, type SectionId } from './results.ts'
import { digits } from './units.ts'

export interface Target {
  what: string
  /** What it should be, and what it is, with their units. */
  target: string
  measured: string
  met: boolean
}

type Bound = { atMost: number } | { atLeast: number }

class Figures {
  readonly #results: Results

  constructor(results: Results) {
    this.#results = results
  }

  row(section: SectionId, group: string, subject: string): Row | undefined {
    return findRow(this.#results, section, group, subject)
  }

  cpu(section: SectionId, group: string, subject: string): number | undefined {
    return this.row(section, group, subject)?.cpu.median
  }

  wall(section: SectionId, group: string, subject: string): number | undefined {
    return this.row(section, group, subject)?.wall.median
  }
}

/** What is audited, the format of the report, seconds, and bytes. */
const AUDITS = [
  ['100000 records', 'json', 5, 300e6],
  ['1000000 records', 'json', 60, 1e9],
  ['1000000 records', 'html', 60, 1e9],
  ['5000 records, 8000 hosts', 'html', 4, 250e6],
] as const

const over = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? undefined : a / b
const perSecond = (milliseconds: number | undefined) => over(1000, milliseconds)
const PEER = 'tool + readnotes'
const TO_NOTES = 'tool to the notes'
const LIBRARY = 'library to the notes'

/** Milliseconds. */
const CLOCK_STEP = 1

/** The targets of which `results` has the figures. */
export function checkTargets(results: Results): Target[] {
  const figures = new Figures(results)
  const targets: Target[] = []
  const check = (what: string, value: number | undefined, bound: Bound, unit: string) => {
    if (value === undefined) return
    const [met, limit] =
      'atMost' in bound
        ? [value <= bound.atMost, `at most ${digits(bound.atMost)}`]
        : [value >= bound.atLeast, `at least ${digits(bound.atLeast)}`]
    targets.push({ what, target: `${limit}${unit}`, measured: `${digits(value)}${unit}`, met })
  }
  const codec = (name: string, subject: string) => figures.cpu('codecs', name, subject)
  const times = (name: string, slow: string, fast = 'wasm') => over(codec(name, slow), codec(name, fast))

  check('lz4 bzImage, open to facts', codec('lz4', 'wasm'), { atMost: 2.5 }, ' ms')
  // In full it is cheaper than with a pipe that ends at the notes.
  check('lz4: faster than lz4 -dc in full', times('lz4', 'tool'), { atLeast: 8 }, 'x')
  check('lzo bzImage, open to facts', codec('lzo', 'wasm'), { atMost: 2.5 }, ' ms')
  for (const name of ['xz', 'lzma']) {
    check(`${name}: liblzma's time to the notes`, times(name, 'wasm', LIBRARY), { atMost: 1 }, 'x')
    check(`${name}: faster than its tool and readnotes`, times(name, PEER), { atLeast: 1.8 }, 'x')
  }
  check('zstd bzImage, open to facts', codec('zstd', 'wasm'), { atMost: 55 }, ' ms')
  check('zstd: faster than zstd -dc in full', times('zstd', 'tool'), { atLeast: 1 }, 'x')
  check('gzip bzImage, open to facts', codec('gzip', 'wasm'), { atMost: 50 }, ' ms')
  check('gzip: faster than gzip -dc to the notes', times('gzip', TO_NOTES), { atLeast: 2.5 }, 'x')
  const [fastest] = [LIBRARY, 'libdeflate to the notes', 'ISA-L to the notes']
    .flatMap(library => codec('gzip', library) ?? [])
    .sort((a, b) => a - b)
  const gzipOver = over(codec('gzip', 'wasm'), fastest)
  check("gzip: the fastest library's time to the notes", gzipOver, { atMost: 1.15 }, 'x')
  const zstdOver = times('zstd', 'wasm', 'libzstd into its output')
  check("zstd: libzstd's time into its output", zstdOver, { atMost: 1.05 }, 'x')
  check("bzip2: libbz2's time to the notes", times('bzip2', 'wasm', LIBRARY), { atMost: 1.2 }, 'x')
  for (const name of ['xz', 'lzma', 'lz4', 'lzo', 'bzip2', 'zstd']) {
    check(`${name}: WebAssembly faster than TypeScript`, times(name, 'typescript'), { atLeast: 2 }, 'x')
  }
  const parse = (engine: string) => figures.cpu('parse', 'parse and notes', engine)
  check(
    'parse and notes: WebAssembly faster than TypeScript',
    over(parse('typescript'), parse('wasm')),
    { atLeast: 1.5 },
    'x',
  )

  const whole = figures.cpu('vmlinux', 'whole command', 'scan -o ndjson, 0 workers')
  check('uncompressed vmlinux, whole command', perSecond(whole), { atLeast: 26_000 }, ' a CPU second')
  const elfutils = figures.cpu('vmlinux', 'whole command', 'eu-readelf -n')
  const binutils = figures.cpu('vmlinux', 'whole command', 'readelf -n')
  check(
    'uncompressed vmlinux, whole command against eu-readelf',
    over(elfutils, whole),
    { atLeast: 1.5 },
    'x',
  )
  check('uncompressed vmlinux, whole command against readelf', over(binutils, whole), { atLeast: 1 }, 'x')

  const catalogue = (subject: string) => figures.wall('catalogue', 'catalogue', subject)
  const two = catalogue('scan --workers 2')
  check(
    'real catalogue, 2 workers against 1',
    over(catalogue('scan --workers 1'), two),
    { atLeast: 1.85 },
    'x',
  )
  check(
    'real catalogue, against the tools under xargs -P 2',
    over(catalogue('tools under xargs -P 2'), two),
    { atLeast: 2 },
    'x',
  )

  for (const workers of [0, 2]) {
    const group = `${workers} workers`
    const distinct = figures.wall('duplicates', group, '20 distinct')
    for (const kind of ['links', 'copies']) {
      const value = over(figures.wall('duplicates', group, `1000 ${kind}`), distinct)
      check(`1,000 ${kind} of 20 kernels against the 20, ${group}`, value, { atMost: 1.5 }, 'x')
    }
    const peak = (count: number) => figures.row('growth', group, `${count} images`)?.peak
    const large = peak(100_000)
    const bound = 120 + 100 * workers
    check(`peak memory at 100,000 images, ${group}`, over(large, 1e6), { atMost: bound }, ' MB')
    check(
      `peak memory, 100,000 images against 1,000, ${group}`,
      over(large, peak(1000)),
      { atMost: 1.1 },
      'x',
    )
  }
  for (const codec of ['lz4', 'zstd']) {
    const group = `qcow2, ${codec}`
    const own = figures.cpu('containers', group, 'scan')
    const bare = figures.cpu('containers', group, 'scan of the bare kernels')
    // The clock of `time` has steps of a millisecond: a disk may cost less than that, and even seem to cost nothing.
    const beyond = own === undefined || bare === undefined ? undefined : Math.max(own - bare, CLOCK_STEP)
    const against = (subject: string) => over(figures.cpu('containers', group, subject), beyond)
    check(`${group} against the bare kernels`, over(own, bare), { atMost: 1.5 }, 'x')
    check(
      `${group}: what the disk adds, against qemu-img and debugfs`,
      against('qemu-img convert, debugfs'),
      { atLeast: 5 },
      'x',
    )
    const zip = against('7zz in two steps') ?? against('7z in two steps')
    check(`${group}: what the disk adds, against 7-Zip in two steps`, zip, { atLeast: 30 }, 'x')
  }
  const deb = over(
    figures.cpu('containers', '.deb', 'scan'),
    figures.cpu('containers', '.deb', 'dpkg-deb -x'),
  )
  check('.deb against dpkg-deb -x', deb, { atMost: 0.6 }, 'x')
  for (const workers of [0, 2]) {
    const peak = (count: number) =>
      figures.row('containers', `small disks, ${workers} workers`, `${count} disks`)?.peak
    check(
      `peak memory, 10,000 disks against 1,000, ${workers} workers`,
      over(peak(10_000), peak(1000)),
      { atMost: 1.1 },
      'x',
    )
  }
  const start = (subject: string) => figures.cpu('startup', 'start-up', subject)
  check(
    'start-up, --version against node -e 0',
    over(start('--version'), start('node -e 0')),
    { atMost: 1.4 },
    'x',
  )
  const bare = (subject: string) => figures.cpu('runtimes', 'bare kernels', subject)
  check('bare kernels, Deno against Node', over(bare('Deno'), bare('Node')), { atMost: 1.25 }, 'x')
  for (const group of ['bzip2', 'xz in blocks']) {
    const wall = (workers: number) => figures.wall('cores', group, `scan --workers ${workers}`)
    check(`one image of ${group}, 2 workers against 1`, over(wall(2), wall(1)), { atMost: 0.55 }, 'x')
  }
  const fleet = (subject: string) => figures.wall('fleet', 'fleet', subject)
  const [audited, scanned] = [fleet('audit'), fleet('scan')]
  const beyondScan = audited === undefined || scanned === undefined ? undefined : (audited - scanned) / 1000
  check('audit of 5,000 guests on 500 hosts, beyond its scan', beyondScan, { atMost: 5 }, ' s')
  const judging = results.sections.find(({ id }) => id === 'judging')?.rows[0]
  check(
    'judging by all releases and modes',
    perSecond(judging?.wall.median),
    { atLeast: 25_000 },
    ' images a second',
  )
  const megabytes = over(figures.row('report', 'open', 'first paint')?.size, 1e6)
  check('HTML report of 5,000 kernels on 500 hosts', megabytes, { atMost: 5 }, ' MB')
  check('its first paint', figures.wall('report', 'open', 'first paint'), { atMost: 1000 }, ' ms')
  for (const name of ['by answer', 'by name', 'by cause']) {
    check(`its filter ${name}`, figures.wall('report', 'filter', name), { atMost: 100 }, ' ms')
  }
  const tree = figures.cpu('tree', 'tree', 'scan -o ndjson, 0 workers')
  check('a tree of files', perSecond(tree), { atLeast: 60_000 }, ' a CPU second')
  const merge = (subject: string) => figures.cpu('merge', 'merge', subject)
  check('merge, 1,000,000 lines', over(merge('merge'), 0.001), { atMost: 6 }, ' s')
  check('merge against sort -m', over(merge('merge'), merge('sort -m')), { atMost: 3 }, 'x')
  for (const group of ['queue', 'large queue']) {
    for (const time of ['cpu', 'wall'] as const) {
      const value = over(
        figures[time]('queue', group, 'scan --workers 3'),
        figures[time]('queue', group, '3 of queue work'),
      )
      check(`${group}: 3 workers against a scan with 3, ${time} time`, value, { atLeast: 0.9 }, 'x')
    }
  }
  for (const [group, format, seconds, bytes] of AUDITS) {
    const audit = figures.row('audit', group, `audit -o ${format}`)
    const what = `audit of ${group}, ${format.toUpperCase()}`
    check(what, over(audit?.cpu.median, 1000), { atMost: seconds }, ' s')
    check(`peak memory, ${what}`, over(audit?.peak, 1e6), { atMost: bytes / 1e6 }, ' MB')
  }
  return targets
}
