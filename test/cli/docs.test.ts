import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command, root, run } from './run.ts'

const PAGES = ['README.md', ...readdirSync(join(root, 'docs')).map(name => `docs/${name}`)]

/** With DOCS_UPDATE=1 the pages get the output of today. */
const UPDATE = (process.env.DOCS_UPDATE ?? '') !== ''
/** So many lines of an output are written into a page. */
const SHOWN = 28

interface Block {
  language: string
  text: string
}

/** The fenced blocks of a page. */
const blocks = (page: string): Block[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }))

/** The commands of a console block, each with the lines that it prints. */
function sessions(text: string): { line: string; printed: string[] }[] {
  const found: { line: string; printed: string[] }[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('$ ')) found.push({ line: line.slice(2), printed: [] })
    else found.at(-1)!.printed.push(line)
  }
  return found
}

/** A line of `...` stands for any lines. */
function looksLike(printed: readonly string[], expected: readonly string[]): boolean {
  const [first, ...rest] = expected
  if (first === undefined) return printed.length === 0
  if (first !== '...') return printed[0] === first && looksLike(printed.slice(1), rest)
  return printed.some((_, index) => looksLike(printed.slice(index), rest)) || rest.length === 0
}

let directory: string
let bin: string
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'xen-preflight-bin-'))
  const shim = join(bin, 'xen-preflight')
  writeFileSync(shim, `#!/bin/sh\nexec ${command.map(word => `'${word}'`).join(' ')} "$@"\n`)
  chmodSync(shim, 0o755)
})
afterAll(() => rmSync(bin, { recursive: true }))

/** What a line prints, on both streams; lines end where their text does. */
function inShell(line: string): Promise<string[]> {
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    SOURCE_DATE_EPOCH: '1790000000',
    NO_COLOR: '1',
  }
  return new Promise(resolve => {
    execFile('bash', ['-c', `{ ${line}\n} 2>&1`], { cwd: directory, env }, (_, stdout) => {
      const lines = stdout.split('\n').map(text => text.trimEnd())
      resolve(lines.at(-1) === '' ? lines.slice(0, -1) : lines)
    })
  })
}

const abridged = (lines: readonly string[]) =>
  lines.length <= SHOWN + 1 ? lines : [...lines.slice(0, SHOWN), '...']

describe.each(PAGES)('%s', page => {
  const path = join(root, page)
  const text = readFileSync(path, 'utf8')

  test('does what it says', async () => {
    directory = mkdtempSync(join(tmpdir(), 'xen-preflight-docs-'))
    symlinkSync(join(root, 'fixtures'), join(directory, 'fixtures'))
    try {
      let updated = text
      for (const { language, text: body } of blocks(text)) {
        const file = /^# ([\w.-]+\.yaml)\n/.exec(body)?.[1]
        if (language === 'yaml' && file !== undefined) writeFileSync(join(directory, file), body)
      }
      for (const { text: body } of blocks(text).filter(({ language }) => language === 'console')) {
        const today: string[] = []
        for (const { line, printed } of sessions(body)) {
          const lines = await inShell(line)
          today.push(`$ ${line}`, ...abridged(lines))
          if (!UPDATE) expect(looksLike(lines, printed), `$ ${line}\n${lines.join('\n')}`).toBe(true)
        }
        updated = updated.replace(body, () => `${today.join('\n')}\n`)
      }
      if (UPDATE) writeFileSync(path, updated)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!)
    for (const target of links) {
      expect(() => readdirOrFile(join(path, '..', target)), target).not.toThrow()
    }
  })
})

test('every command has help with examples', async () => {
  const { stdout } = await run(['--help'])
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[|<)/gm)].map(([, name]) => name!)
  expect(commands.length).toBeGreaterThan(6)
  for (const name of commands.filter(name => name !== 'help')) {
    expect((await run([name, '--help'])).stdout, name).toMatch(/^Examples:\n(?: .*\n)*? +\$ xen-preflight /m)
  }
  expect(stdout).toContain('\nExamples:\n')
})

function readdirOrFile(path: string): void {
  if (path.endsWith('/')) readdirSync(path)
  else readFileSync(path)
}
