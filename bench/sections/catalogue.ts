/** The whole command on a catalogue of real kernels, against the pipeline that a person would write. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { hasTool, quote, selfCommand, timeCommand, timeSelf } from '../command.ts'
import type { Context, Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'
import { type RealImage, TOOLS } from '../kernel.ts'

export const measureCatalogue: Measure = async context => {
  const images = context.quick ? context.images.slice(0, 6) : context.images
  const count = images.length
  const missing: string[] = []
  const subjects: Subject[] = []
  const paths = images.map(({ path }) => path)
  const most = availableParallelism()
  const workers = [...new Set([1, 2, most])].filter(n => n <= Math.max(2, most))
  const scan = (images: readonly string[], n: number, engine = 'wasm') => [
    ...['scan', ...images],
    ...['--workers', String(n), '--engine', engine, '-o', 'ndjson', '--fail-on', 'never'],
  ]
  for (const n of workers) {
    for (const engine of n === 1 ? ['wasm', 'typescript'] : ['wasm']) {
      const sample = () => timeSelf(context.root, scan(paths, n, engine), context.scratch)
      const suffix = engine === 'wasm' ? '' : ', TypeScript engine'
      subjects.push({ group: 'catalogue', subject: `scan --workers ${n}${suffix}`, items: count, sample })
    }
  }
  const halves = [0, 1].map(half =>
    scan(
      paths.filter((_, index) => index % 2 === half),
      1,
    ),
  )
  const both = halves.map(args => `${selfCommand(context.root, args)} &`).join(' ')
  // What two processors are worth on a machine that others use too: two workers cannot do better.
  const sample = () => timeCommand(`${both} wait`)
  subjects.push({ group: 'catalogue', subject: 'scan --workers 1, two of half each', items: count, sample })
  const script = peerScript(context, images)
  if (typeof script === 'string') missing.push(script)
  else {
    for (const n of workers) {
      const sample = () =>
        timeCommand(`xargs -a ${quote(script.list)} -L 1 -P ${n} bash ${quote(script.path)}`, script.env)
      subjects.push({ group: 'catalogue', subject: `tools under xargs -P ${n}`, items: count, sample })
    }
  }
  // Only the files' place in memory needs a run before those that count: every sample is a process of its own.
  subjects[0]!.sample()
  return {
    id: 'catalogue',
    title: 'A catalogue of real kernels',
    item: 'image',
    method:
      'the whole command; its peer is told where each payload lies, cuts it out, unpacks it with its tool into a file, ' +
      'and has readnotes read that',
    rows: await interleave(subjects, { warmup: 0, rounds: context.quick ? 2 : 3 }),
    missing,
  }
}

/** A script that takes one line of a list as its arguments, or why there is none. */
function peerScript(context: Context, images: readonly RealImage[]) {
  const codecs = new Set(images.map(({ stream }) => stream.codec))
  const absent = [...codecs].filter(codec => !hasTool(TOOLS[codec].unpack[0]!))
  if (absent.length > 0) return `the peer: no tool for ${absent.join(', ')}`
  const reader = context.readnotes ?? (hasTool('readelf') ? { command: 'readelf -n', env: {} } : undefined)
  if (reader === undefined) return 'the peer: neither readnotes nor readelf is there'
  const path = join(context.scratch, 'peer.sh')
  const list = join(context.scratch, 'peer-list')
  // dd in large blocks is the cheapest that everyone has to cut a range out of a file.
  writeFileSync(
    path,
    `image=$1 offset=$2 length=$3; shift 3
out=$(mktemp -p ${quote(context.scratch)})
dd if="$image" bs=1M iflag=skip_bytes,count_bytes skip="$offset" count="$length" status=none | "$@" > "$out" 2>/dev/null
${reader.command} "$out"
rm "$out"
`,
  )
  const lines = images.map(({ path, stream }) => {
    const length = stream.length - (stream.codec === 'gzip' ? 0 : 4)
    return [path, String(stream.offset), String(length), ...TOOLS[stream.codec].unpack].map(quote).join(' ')
  })
  writeFileSync(list, `${lines.join('\n')}\n`)
  return { path, list, env: reader.env }
}
