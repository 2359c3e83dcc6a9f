/** pygrub's model against pygrub itself: 26 releases, run on 116 disks (see fixtures/boot-paths/README.md). */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { PygrubAnswer, PygrubOptions } from '../../../src/boot/pygrub/answer.ts'
import { pygrub } from '../../../src/boot/pygrub/pygrub.ts'
import { runPygrub } from '../../../src/boot/pygrub/run.ts'
import { pygrubSpans } from '../../../src/boot/pygrub/spans.ts'
import { ComponentReader } from '../../../src/xen/component.ts'
import { BOOT_PATHS, fixtureDisk } from '../disks.ts'

interface Recorded {
  outcome: 'boots' | 'fails'
  kernel?: string
  ramdisk?: string
  args?: string
  error?: string
}

interface Case {
  image: string
  options: string[]
  answers: (Recorded & { python2?: string[]; python3?: string[] })[]
  debian12?: Recorded
}

const cases: Case[] = JSON.parse(readFileSync(new URL('pygrub.json', BOOT_PATHS), 'utf8'))

const said = ({ outcome, kernel, ramdisk, args, error }: PygrubAnswer | Recorded) => ({
  outcome,
  ...(kernel !== undefined && { kernel }),
  ...(ramdisk !== undefined && { ramdisk }),
  ...(args !== undefined && { args }),
  ...(error !== undefined && { error }),
})

function optionsOf(options: readonly string[]): PygrubOptions {
  const [option] = options
  if (option === '--args') return { args: 'extra=1' }
  return option === undefined ? {} : { entry: option.slice('--entry='.length) }
}

describe('pygrub', () => {
  test.each(cases)('$image $options', ({ image, options, answers, debian12 }) => {
    const disk = fixtureDisk(image)
    const run = (release: string, python: 2 | 3, more: PygrubOptions = {}) =>
      said(
        runPygrub(new ComponentReader(pygrub, pygrub.versions.indexOf(release)), python, disk, {
          ...optionsOf(options),
          ...more,
        }),
      )
    for (const { python2 = [], python3 = [], ...recorded } of answers) {
      for (const release of python2) expect({ release, ...run(release, 2) }).toEqual({ release, ...recorded })
      for (const release of python3)
        expect({ release, python: 3, ...run(release, 3) }).toEqual({ release, python: 3, ...recorded })
    }
    if (debian12 !== undefined) expect(run('4.17.7', 3, { solaris: false })).toEqual(debian12)
  })

  test.each(cases.filter(({ options }) => options.length === 0))(
    '$image: spans say the same',
    ({ image, answers }) => {
      const spans = pygrubSpans(fixtureDisk(image))
      const index = (release: string) => pygrub.versions.indexOf(release)
      const answer = (release: string, python: 2 | 3) =>
        spans.find(
          span =>
            index(span.since) <= index(release) &&
            index(release) <= index(span.until) &&
            (span.python === null || span.python === python),
        )
      for (const { python2 = [], python3 = [], ...recorded } of answers) {
        for (const release of python2) expect(said(answer(release, 2)!)).toEqual(recorded)
        for (const release of python3) expect(said(answer(release, 3)!)).toEqual(recorded)
      }
    },
  )
})
