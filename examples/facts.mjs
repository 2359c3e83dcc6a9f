// One image to its facts, with the core alone: it runs in a browser too, where the bytes come from a file input.
import { readFileSync } from 'node:fs'
import { createTypeScriptEngine, describeGuest, MemorySource, readImage } from 'xen-preflight/core'

const [path] = process.argv.slice(2)
const { facts, problem } = readImage(createTypeScriptEngine(), new MemorySource(readFileSync(path)))
console.log(problem === undefined ? describeGuest(facts) : `${problem.code}: ${problem.message}`)
for (const { owner, type, descsz } of facts.elf?.notes ?? []) {
  console.log(`${owner} note ${type}, ${descsz} bytes`)
}
