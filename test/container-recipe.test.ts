/** The recipes for containers name what is there, and keep to what they promise. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from './cli/run.ts'

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const steps = read('Dockerfile')
  .split('\n')
  .filter(line => /^[A-Z]+ /.test(line))

test('the Dockerfile copies files that are there, and ends without root', () => {
  const copied = steps
    .filter(step => step.startsWith('COPY ') && !step.includes('--from='))
    .flatMap(step => step.split(' ').slice(1, -1))
  expect(copied.length).toBeGreaterThan(3)
  for (const name of copied) expect(existsSync(join(root, name)), name).toBe(true)
  const last = steps.slice(steps.findLastIndex(step => step.startsWith('FROM ')))
  expect(last).toContain('USER 65532:65532')
  // A list, and no text that a shell would have to take apart.
  const entry: string[] = JSON.parse(
    last.find(step => step.startsWith('ENTRYPOINT '))!.slice('ENTRYPOINT '.length),
  )
  expect(JSON.parse(read('package.json')).bin['xen-preflight']).toBe('dist/cli/main.js')
  expect(entry.at(-1)).toMatch(/\/xen-preflight\/dist\/cli\/main\.js$/)
  expect(last.some(step => step.startsWith('RUN '))).toBe(false)
})

test('the packages of the queue are those that it is tested with', () => {
  const { devDependencies } = JSON.parse(read('package.json'))
  for (const name of ['bullmq', 'ioredis'])
    expect(read('Dockerfile')).toContain(`${name}@${devDependencies[name]}`)
})

test('compose.yaml has a queue that throws nothing away, and three workers on a read-only file system', () => {
  const { services, volumes } = parse(read('compose.yaml'))
  expect(services.queue.command).toEqual(expect.arrayContaining(['noeviction', '--appendonly']))
  expect(services.queue.volumes.every((volume: string) => volume.split(':')[0]! in volumes)).toBe(true)
  const { worker } = services
  expect([worker.read_only, worker.cap_drop, worker.deploy.replicas]).toEqual([true, ['ALL'], 3])
  expect(worker.command.slice(0, 3)).toEqual(['queue', 'work', 'redis://queue'])
  expect(worker.depends_on.every((name: string) => name in services)).toBe(true)
})
