/**
 * The benchmark: `npm run bench -- --kernels DIR [--only codecs,startup] [--quick] [--image NAME] [--scratch DIR]
 * [--records N] [--nodes FILE,...] [--libraries DIR]`.
 * DIR holds real kernels, such as `npm run fetch:kernels -- DIR` brings; --nodes names executables of further releases
 * of Node, --libraries a directory with other versions of the codecs' C libraries. A whole run writes bench/results.json and
 * bench/results.svg; one with --only or --quick prints what it measured and leaves them alone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { drawChart } from './chart.ts'
import type { Context, Measure } from './context.ts'
import { findImages, type Kernel, prepareKernel, type RealImage } from './kernel.ts'
import { describeMachine, readVersions } from './machine.ts'
import { Probes } from './probes.ts'
import { findReadnotes } from './readnotes.ts'
import { type Results, type Section, SECTION_IDS, type SectionId } from './results.ts'
import { measureAudit } from './sections/audit.ts'
import { measureCatalogue } from './sections/catalogue.ts'
import { measureCodecs } from './sections/codecs.ts'
import { measureContainers } from './sections/containers.ts'
import { measureCores } from './sections/cores.ts'
import { measureDuplicates } from './sections/duplicates.ts'
import { measureFleet } from './sections/fleet.ts'
import { measureGrowth } from './sections/growth.ts'
import { measureJudging } from './sections/judging.ts'
import { measureMerge } from './sections/merge.ts'
import { measureParse } from './sections/parse.ts'
import { measureQueue } from './sections/queue.ts'
import { measureReport } from './sections/report.ts'
import { measureRuntimes } from './sections/runtimes.ts'
import { measureStartup } from './sections/startup.ts'
import { measureTree } from './sections/tree.ts'
import { measureVmlinux } from './sections/vmlinux.ts'
import { sectionText, targetsText } from './text.ts'

const MEASURES: Record<SectionId, Measure> = {
  codecs: measureCodecs,
  vmlinux: measureVmlinux,
  parse: measureParse,
  catalogue: measureCatalogue,
  growth: measureGrowth,
  duplicates: measureDuplicates,
  containers: measureContainers,
  startup: measureStartup,
  runtimes: measureRuntimes,
  cores: measureCores,
  judging: measureJudging,
  fleet: measureFleet,
  report: measureReport,
  tree: measureTree,
  audit: measureAudit,
  merge: measureMerge,
  queue: measureQueue,
}

const USAGE =
  'usage: npm run bench -- --kernels DIR [--only SECTION,...] [--quick] [--image NAME] [--scratch DIR] [--records N] [--nodes FILE,...] [--libraries DIR]\n' +
  `sections: ${SECTION_IDS.join(', ')}\n`

function readOptions() {
  try {
    return parseArgs({
      options: {
        kernels: { type: 'string' },
        only: { type: 'string' },
        image: { type: 'string' },
        scratch: { type: 'string' },
        records: { type: 'string', default: '1000000' },
        nodes: { type: 'string' },
        libraries: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`)
    process.exit(1)
  }
}

/** The kernel that the codecs are compared on: the one that was named, else a plain Debian one of 6.1 or 6.12. */
function chooseImage(images: readonly RealImage[], name: string | undefined): RealImage {
  const wanted = name === undefined ? /^vmlinuz-6\.(?:1|12)\.[\d.+deb-]*-amd64$/ : undefined
  const chosen = images.findLast(({ path }) =>
    wanted === undefined ? path.includes(name!) : wanted.test(basename(path)),
  )
  const image = chosen ?? (name === undefined ? images[0] : undefined)
  if (image !== undefined) return image
  process.stderr.write('Cannot find a kernel to measure with: expected bzImages of Linux below --kernels\n')
  process.exit(1)
}

const options = readOptions()
const only = options.only?.split(',') ?? [...SECTION_IDS]
if (options.kernels === undefined || !only.every((id): id is SectionId => id in MEASURES)) {
  process.stderr.write(USAGE)
  process.exit(1)
}
const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = resolve(options.scratch ?? mkdtempSync(join(tmpdir(), 'xen-preflight-bench-')))
mkdirSync(scratch, { recursive: true })
const images = findImages(options.kernels)
const image = chooseImage(images, options.image)
let prepared: Kernel | undefined
const probes = new Probes(root)
const versions = readVersions(root)
const context: Context = {
  root,
  scratch,
  probes,
  quick: options.quick,
  nodes: options.nodes?.split(',') ?? [],
  records: Number(options.records),
  libraries: options.libraries,
  versions,
  images,
  readnotes: findReadnotes(options.kernels),
  kernel() {
    prepared ??= prepareKernel(image, scratch)
    return prepared
  },
}
const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  versions,
  input: { kernel: basename(image.path), images: images.length },
  sections: [],
}

/** What a section measured. One that fails costs none of the others. */
async function measured(id: SectionId): Promise<Section> {
  try {
    return await MEASURES[id](context)
  } catch (error) {
    process.exitCode = 1
    return {
      id,
      title: id,
      item: 'item',
      method: 'not measured',
      rows: [],
      missing: [(error as Error).message],
    }
  }
}

try {
  for (const id of only as SectionId[]) {
    process.stderr.write(`${id} `)
    const section = await measured(id)
    probes.close()
    results.sections.push(section)
    process.stdout.write(sectionText(section))
  }
} finally {
  probes.close()
  if (options.scratch === undefined) rmSync(scratch, { recursive: true, force: true })
}
if (prepared !== undefined) {
  results.input.unpacked = prepared.size
  results.input.notesEnd = prepared.notesEnd
}
process.stdout.write(targetsText(results))
if (options.only === undefined && !options.quick) {
  writeFileSync(join(root, 'bench/results.json'), `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(join(root, 'bench/results.svg'), drawChart(results))
}
