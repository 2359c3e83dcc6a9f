/** The recipes for schedulers in docs/catalogues.md, run as GNU parallel, Slurm and Kubernetes run them: by their variables in a shell. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { command, root, run } from './run.ts'

const TASKS = 3
const page = readFileSync(join(root, 'docs/catalogues.md'), 'utf8')
const block = (language: string, has: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].find(([, text]) =>
    text!.includes(has),
  )![1]!
const shell = block('sh', 'SLURM_ARRAY_TASK_ID')

let directory: string
let whole: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-recipes-'))
  mkdirSync(join(directory, 'bin'))
  const words = command.map(word => `'${word}'`).join(' ')
  writeFileSync(join(directory, 'bin/xen-preflight'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 })
  const images = join(root, 'fixtures/catalogue')
  const list = readdirSync(images)
    .sort()
    .map(name => `${join(images, name)}\n`)
  writeFileSync(join(directory, 'images.txt'), list.join(''))
  whole = (await run(['scan', '--files-from', join(directory, 'images.txt'), '-o', 'ndjson'])).stdout
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Runs a recipe in a folder of its own, as its scheduler would. */
function sh(folder: string, script: string, env: Record<string, string> = {}): void {
  const PATH = `${join(directory, 'bin')}:${process.env.PATH}`
  execFileSync('sh', ['-ec', script], { cwd: folder, env: { ...process.env, ...env, PATH }, stdio: 'pipe' })
}

function folderFor(name: string): string {
  const folder = join(directory, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'images.txt'), readFileSync(join(directory, 'images.txt')))
  return folder
}

/** The parts are whole, and a task that is started again changes nothing. */
function expectMerged(folder: string): void {
  expect(readdirSync(folder).filter(name => name.endsWith('.ndjson'))).toHaveLength(TASKS)
  sh(folder, shell.split('\n').find(line => line.includes(' merge '))!)
  expect(readFileSync(join(folder, 'facts.ndjson'), 'utf8')).toBe(whole)
}

test('GNU parallel', () => {
  const folder = folderFor('parallel')
  const [, count, line] = /^seq (\d+) \| parallel (.+)$/m.exec(shell)!
  expect(line).toContain(`{}/${count}`)
  for (let task = 1; task <= TASKS; task++) {
    sh(folder, line!.replace(`{}/${count}`, `{}/${TASKS}`).replaceAll('{}', String(task)))
  }
  expectMerged(folder)
})

test('a Slurm array, of which a task is started again', () => {
  const folder = folderFor('slurm')
  const script = /^# Slurm.*\n((?:.*\\\n)*.*)$/m.exec(shell)![1]!
  const tasks = [...Array(TASKS).keys(), 1]
  for (const task of tasks) {
    sh(folder, script, { SLURM_ARRAY_TASK_ID: String(task), SLURM_ARRAY_TASK_COUNT: String(TASKS) })
  }
  expectMerged(folder)
})

test('an Indexed Job of Kubernetes', () => {
  const folder = folderFor('job')
  const { spec } = parse(block('yaml', 'completionMode: Indexed'))
  const [container] = spec.template.spec.containers
  expect(container.command).toEqual(['sh', '-c'])
  expect(container.env).toEqual([{ name: 'COUNT', value: String(spec.completions) }])
  const mounts: Record<string, string> = { '/list': folder, '/out': folder }
  expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual(
    Object.keys(mounts),
  )
  const script = (container.args[0] as string)
    .replace(/node \S+\/xen-preflight\/dist\/cli\/main\.js/, 'xen-preflight')
    .replace(/\/(?:list|out)(?=\/)/g, place => mounts[place]!)
  for (let task = 0; task < TASKS; task++) {
    sh(folder, script, { JOB_COMPLETION_INDEX: String(task), COUNT: String(TASKS) })
  }
  expectMerged(folder)
})
