/**
 * The model of pygrub against the pygrub that Debian ships, on disks made by chance:
 * `npm run test:pygrub [-- [SERIES...] [--disks N] [--seed N]]`, all series and 200 disks by default. Debian only; needs the
 * tools of the file systems (e2fsprogs, dosfstools, mtools, xorriso, genisoimage, makefs, xfsprogs, btrfs-progs,
 * squashfs-tools).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { pygrub } from '../../src/boot/pygrub/pygrub.ts'
import { runPygrub } from '../../src/boot/pygrub/run.ts'
import { ComponentReader } from '../../src/xen/component.ts'
import { resolveTarget } from '../../src/xen/mod.ts'
import { guestDisk } from '../boot/disks.ts'
import { isSeries, type Series, SUITES } from '../debian.ts'
import { type DiskPlan, diskPlan, makeDisk } from './disks.ts'
import { contentOf } from './file-systems.ts'
import { askProgram, fetchProgram, type Program, type Said } from './program.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { disks: { type: 'string', default: '200' }, seed: { type: 'string' } },
})
const strange = positionals.find(word => !isSeries(word))
if (strange !== undefined)
  throw new Error(`Cannot compare pygrub of ${strange}: expected ${Object.keys(SUITES).join(', ')}`)
const asked = positionals.length > 0 ? positionals.filter(isSeries) : (Object.keys(SUITES) as Series[])
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
const numRuns = Number(values.disks)

function askModel({ version, solaris }: Program, bytes: Uint8Array, options: readonly string[]): Said {
  const release = resolveTarget(version).releases[0]!
  const reader = new ComponentReader(pygrub, pygrub.versions.indexOf(release))
  const value = (name: string) =>
    options.find(option => option.startsWith(`--${name}=`))?.slice(name.length + 3)
  const [args, entry] = [value('args'), value('entry')]
  const answer = runPygrub(reader, 3, guestDisk(bytes), {
    solaris,
    ...(args !== undefined && { args }),
    ...(entry !== undefined && { entry }),
  })
  const { kernel, ramdisk, offset, error } = answer
  if (error !== undefined) return { error }
  return {
    kernel: contentOf(offset!, kernel!),
    ...(ramdisk !== undefined && { ramdisk: contentOf(offset!, ramdisk) }),
    ...(answer.args !== undefined && { args: answer.args }),
  }
}

const work = mkdtempSync(join(tmpdir(), 'pygrub-'))
try {
  const programs = asked.map(series => fetchProgram(series, work))
  const plans: DiskPlan[] = fc.sample(diskPlan, { numRuns, seed })
  const counts = programs.map(() => ({ boots: 0, fails: 0, different: 0 }))
  for (const plan of plans) {
    const bytes = makeDisk(work, plan)
    const path = join(work, 'disk.img')
    writeFileSync(path, bytes)
    for (const [index, program] of programs.entries()) {
      const theirs = askProgram(program, path, plan.options)
      const ours = askModel(program, bytes, plan.options)
      const order = ({ kernel, ramdisk, args, error }: Said) =>
        JSON.stringify({ kernel, ramdisk, args, error })
      if (order(ours) === order(theirs)) counts[index]![theirs.error === undefined ? 'boots' : 'fails']++
      else {
        counts[index]!.different++
        console.error(
          `${program.version}: ${JSON.stringify(plan, null, 1)}\n  model  ${order(ours)}\n  pygrub ${order(theirs)}`,
        )
      }
    }
  }
  for (const [index, { boots, fails, different }] of counts.entries()) {
    console.log(
      `pygrub ${programs[index]!.version} on ${numRuns} disks (seed ${seed}): ${boots + fails} answers agree (${boots} boot, ${fails} fail), ${different} differ`,
    )
    if (different > 0) process.exitCode = 1
  }
} finally {
  rmSync(work, { recursive: true })
}
