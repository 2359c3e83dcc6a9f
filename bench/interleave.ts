/** Takes samples of all subjects in turns, so that what the machine does meanwhile hits all of them alike. */
import { figure } from '../src/cli/figure.ts'
import type { Row } from './results.ts'

export interface Sample {
  /** Milliseconds for all items of the sample. */
  cpu: number
  wall: number
  peak?: number
  read?: number
}

export interface Subject {
  group: string
  subject: string
  items: number
  size?: number
  sample(): Sample | Promise<Sample>
}

export interface Rounds {
  /** Rounds before the first that counts: compilers tier up, caches fill. */
  warmup: number
  rounds: number
}

/** Samples every subject once a round, each round starting with another one. */
export async function interleave(subjects: readonly Subject[], { warmup, rounds }: Rounds): Promise<Row[]> {
  const samples: Sample[][] = subjects.map(() => [])
  for (let round = -warmup; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + warmup + round) % subjects.length
      const sample = await subjects[index]!.sample()
      if (round >= 0) samples[index]!.push(sample)
    }
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  return subjects.map((subject, index) => toRow(subject, samples[index]!))
}

function toRow({ group, subject, items, size }: Subject, samples: readonly Sample[]): Row {
  const { read } = samples.at(-1)!
  const peaks = samples.flatMap(({ peak }) => peak ?? [])
  return {
    group,
    subject,
    items,
    samples: samples.length,
    cpu: figure(samples.map(({ cpu }) => cpu / items)),
    wall: figure(samples.map(({ wall }) => wall / items)),
    ...(peaks.length > 0 && { peak: Math.max(...peaks) }),
    ...(read !== undefined && { read }),
    ...(size !== undefined && { size }),
  }
}
