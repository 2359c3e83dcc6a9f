import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

/** The commands that the help lists: what follows the name, and what each is for. */
async function listed(): Promise<[name: string, usage: string, description: string][]> {
  const { stdout } = await run(['--help'])
  return [...stdout.matchAll(/^ {2}([a-z]+) ((?:[[<]\S+ ?)+) {2,}(\S.*(?:\n {20,}\S.*)*)$/gm)].map(
    ([, name, usage, description]) => [name!, usage!.trim(), description!.replace(/\s+/g, ' ')],
  )
}

describe('the help of all commands', () => {
  test('says of each what its own help says', async () => {
    const commands = await listed()
    expect(commands.length).toBeGreaterThan(15)
    for (const [name, usage, description] of commands.filter(([name]) => name !== 'help')) {
      const { stdout } = await run([name, '--help'])
      expect(stdout.replace(/\s+/g, ' ')).toContain(
        `Usage: xen-preflight ${name} [options] ${usage} ${description} `,
      )
    }
  })

  test('has the options of a command before those of all that read images', async () => {
    const { stdout } = await run(['notes', '--help'])
    const [own, readers, engine, timeout] = ['Options:', '--readers', '--engine', '--timeout'].map(word =>
      stdout.indexOf(word),
    )
    expect([own! < readers!, readers! < engine!, engine! < timeout!]).toEqual([true, true, true])
    expect(stdout).not.toMatch(/default:\s+(?:false|\[\])/)
  })

  test('leaves the command lines of examples whole where it is read by a program', async () => {
    const { stdout } = await run(['scan', '--help'])
    expect(stdout).toContain(
      '    $ xen-preflight scan /srv/kernels --inventory fleet.yaml --mode pv-domU,pv-dom0\n',
    )
  })

  test('leads to that of each command, by help as well', async () => {
    const [own, byHelp] = [await run(['merge', '--help']), await run(['help', 'merge'])]
    expect(byHelp).toEqual(own)
    expect(own.stdout).toContain('Examples:')
  })

  test('knows what a name that is not known may mean', async () => {
    const { code, stderr } = await run(['skan', '/boot'])
    expect(code).toBe(1)
    expect(stderr).toContain("unknown command 'skan'")
    expect(stderr).toContain('Did you mean scan?')
  })
})
