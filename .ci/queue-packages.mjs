// Plugins that bundle BullMQ and ioredis for the queue: what it does not use of them would cost every worker's start more
// than reading a kernel does.
import { join } from 'node:path'

/** Their own entries are for CommonJS, of which no part can be left out, or load code that is compiled when it is installed. */
const ENTRIES = { bullmq: 'bullmq/dist/esm/index.js', msgpackr: 'msgpackr/pack.js' }

const PARTS = {
  // For jobs that repeat.
  'cron-parser': 'export const CronExpressionParser = undefined',
  semver: ['valid', 'coerce', 'lt']
    .map(name => `export { default as ${name} } from 'semver/functions/${name}.js'`)
    .join('\n'),
}

/** @param {string} modules the folder of the packages */
export const narrowPackages = modules => ({
  name: 'narrow-packages',
  resolveId(id) {
    if (id in PARTS) return `\0part-of-${id}`
    // What is not imported from BullMQ does nothing.
    if (id in ENTRIES) return { id: join(modules, ENTRIES[id]), moduleSideEffects: id !== 'bullmq' }
    return undefined
  },
  load: id => PARTS[id.replace('\0part-of-', '')],
})

/** Has V8 keep the properties of a prototype in a table. As a list, it copies the list for each of a thousand methods. */
const intoTable = prototype =>
  `${prototype}._first = ${prototype}._second = undefined; delete ${prototype}._first; delete ${prototype}._second;`

/** Where ioredis gives a class a method for each command of Redis. */
const MANY_METHODS = {
  'Commander.js': ['commands.forEach(', 'Commander.prototype'],
  'applyMixin.js': [
    'Object.getOwnPropertyNames(mixinConstructor.prototype).forEach(',
    'derivedConstructor.prototype',
  ],
}

export const methodsIntoTables = {
  name: 'methods-into-tables',
  transform(code, id) {
    const [, file] = /\/ioredis\/built\/utils\/(\w+\.js)$/.exec(id.replaceAll('\\', '/')) ?? []
    if (!(file in MANY_METHODS)) return undefined
    const [loop, prototype] = MANY_METHODS[file]
    if (code.split(loop).length !== 2) throw new Error(`Cannot bundle ioredis: ${file} has not one ${loop}`)
    return code.replace(loop, `${intoTable(prototype)}\n${loop}`)
  },
}
