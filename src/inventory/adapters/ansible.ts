// Ansible facts: a fact cache, `ansible -m setup`, or a dump of hostvars. There is no fact for Xen's version;
// HVM guests see it in their DMI, and the host below them is named after them.

import { parseTree } from '../../document/parse-tree.ts'
import { treeProblems } from '../../document/problem.ts'
import { isRecord, type Tree } from '../../document/tree.ts'
import type { HostEntry } from '../host.ts'
import { type Adapter, type Content, defined, emptyReading, type FileReading, numbered } from './adapter.ts'
import { belowGuest } from './host-parts.ts'
import { findRecords, textField } from './records.ts'

/** The head of a host's answer to an ad-hoc command. */
const AD_HOC = /^(\S+) \| (?:SUCCESS|CHANGED)[^\n]*=> (?=\{)/gm

export const ansible: Adapter = {
  id: 'ansible',
  reads: 'Ansible facts in JSON',

  recognises(content) {
    if (content.text.search(AD_HOC) !== -1) return true
    return content.structured && findRecords(content.tree.value, isFacts).length > 0
  },

  read(content) {
    const reading = emptyReading(content.file, this.id)
    const answers = [...content.text.matchAll(AD_HOC)]
    if (answers.length === 0) addFacts(reading, content, content.tree)
    for (const [index, answer] of answers.entries()) {
      const start = answer.index + answer[0].length
      const text = content.text.slice(start, answers[index + 1]?.index)
      addFacts(reading, content, parseTree(text, lineAt(content.text, start)), answer[1])
    }
    return reading
  },
}

function addFacts(reading: FileReading, content: Content, tree: Tree, inventoryName?: string) {
  const { file } = content
  reading.problems.push(...treeProblems(file, tree))
  for (const [index, { path, record }] of findRecords(tree.value, isFacts).entries()) {
    const facts = isRecord(record.ansible_facts) ? record.ansible_facts : record
    const fact = (name: string) => textField(facts, `ansible_${name}`) ?? textField(facts, name)
    const guest = inventoryName ?? fact('fqdn') ?? fact('hostname') ?? numbered(content.fileHost, index)
    const line = tree.lineOf(path)
    const product = [fact('system_vendor'), fact('product_name')].filter(Boolean).join(' ')
    const underXen = /\bxen\b|HVM domU/i.test(product)
    if (!underXen && fact('virtualization_type') !== 'xen') {
      const message = `expected a Xen guest, found ${guest} on ${product || 'an unnamed machine'}`
      reading.problems.push({ code: 'not-xen', severity: 'warning', file, line, message, leavesOut: 1 })
      continue
    }
    const host = belowGuest(guest, 'its DMI (ansible_product_version)', { file, line, adapter: 'ansible' })
    const message = `expected ansible_product_version of guest ${guest} for the version of Xen below it, found none`
    reading.entries.push(
      defined<HostEntry>({
        ...host,
        xen: underXen ? fact('product_version') : undefined,
        missing: { code: 'no-version', severity: 'error', file, line, message },
      }),
    )
  }
}

function isFacts(record: Record<string, unknown>): boolean {
  return (
    isRecord(record.ansible_facts) ||
    'ansible_product_name' in record ||
    'ansible_virtualization_type' in record
  )
}

function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
