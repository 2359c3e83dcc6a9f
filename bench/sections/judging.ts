/** Judging: facts that are known, by every release and in every boot mode. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Facts } from '../../src/facts/facts.ts'
import { createEngine } from '../../src/fleet/engines.ts'
import { openFile } from '../../src/source/node/file.ts'
import { readImage } from '../../src/unwrap/read-image.ts'
import { bootModes, releases } from '../../src/xen/mod.ts'
import type { Measure } from '../context.ts'
import { interleave, type Subject } from '../interleave.ts'

/** Images that are asked about release by release. */
const ONE_BY_ONE = 20

export const measureJudging: Measure = async context => {
  const times = context.quick ? 5 : 50
  const engine = createEngine('wasm')
  const facts: Facts[] = []
  for (const { path } of context.images) {
    const source = openFile(path)
    facts.push(readImage(engine, source).facts)
    source.close()
  }
  const factsFile = join(context.scratch, 'facts.json')
  writeFileSync(factsFile, JSON.stringify(facts))
  const subject: Subject = {
    group: 'judge',
    subject: `${releases.length} releases, ${bootModes.length} modes`,
    items: facts.length * times,
    sample: () => context.probes.ask('wasm', { kind: 'judge', factsFile, times }),
  }
  const few = facts.slice(0, ONE_BY_ONE)
  const fewFile = join(context.scratch, 'few-facts.json')
  writeFileSync(fewFile, JSON.stringify(few))
  const oneByOne: Subject = {
    group: 'judge',
    subject: `${subject.subject}, judge() for each`,
    items: few.length,
    sample: () => context.probes.ask('wasm', { kind: 'judge-each', factsFile: fewFile }),
  }
  return {
    id: 'judging',
    title: 'Judging',
    item: 'image',
    method: `the facts of ${facts.length} real kernels, by all releases and in all boot modes`,
    rows: await interleave([subject, oneByOne], { warmup: 2, rounds: context.quick ? 3 : 9 }),
    missing: [],
  }
}
