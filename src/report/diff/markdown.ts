/**
 * The comparison for a ticket or a merge request.
 * @module
 */
import { type Diff, DIFFERENCES } from '../../findings/diff/model.ts'
import { plural } from '../../findings/plural.ts'
import { code, prose } from '../audit/markdown-text.ts'
import { few, kernelName } from '../audit/names.ts'
import { type BuildRow, buildRows, type KernelRow, kernelRows } from './gather.ts'
import type { DiffFormat } from './report.ts'
import {
  answerRows,
  answerText,
  countsText,
  DIFF_TITLE,
  inventoryLines,
  MEANING,
  originText,
  PAIR_REMARK,
  pairs,
  versionText,
} from './words.ts'

/** A ticket holds 65,536 characters where it holds least (GitHub), and few people read as many. */
const ITEMS = 20
const NAMES = 5

export const markdownReport: DiffFormat = diff => {
  const rows = kernelRows(diff)
  const lines = [
    ...head(diff),
    ...section('Causes', causes(diff)),
    ...section('Hosts', items(buildRows(diff), hostItem)),
    ...DIFFERENCES.flatMap(word =>
      section(`${word}: ${MEANING[word]}`, items(rows.get(word) ?? [], kernelItem)),
    ),
  ]
  return lines.map(line => `${line}\n`).join('')
}

const section = (title: string, body: readonly string[]) =>
  body.length === 0 ? [] : ['', `## ${title}`, '', ...body]

function items<Item>(list: readonly Item[], draw: (item: Item) => string): string[] {
  const { shown, more } = few(list, ITEMS)
  return [...shown.map(draw), ...(more > 0 ? [`- and ${more} more`] : [])]
}

function head(diff: Diff): string[] {
  const { counts } = diff
  return [
    `# ${DIFF_TITLE}`,
    '',
    `- old: ${prose(originText(diff.old))}`,
    `- new: ${prose(originText(diff.new))}`,
    ...[...diff.remarks, ...inventoryLines(diff)].map(line => `- ${prose(line)}`),
    '',
    '| difference | pairs | what it means |',
    '| --- | ---: | --- |',
    ...DIFFERENCES.map(word => `| ${word} | ${counts.differences[word]} | ${MEANING[word]} |`),
    `| same | ${counts.same} | ${MEANING.same} |`,
    '',
    `${PAIR_REMARK}.`,
    '',
    '| answer | before | after |',
    '| --- | ---: | ---: |',
    ...answerRows(diff).map(([word, before, after]) => `| ${word} | ${before} | ${after} |`),
  ]
}

function causes({ causes }: Diff): string[] {
  if (causes.length === 0) return []
  const { shown, more } = few(causes, ITEMS)
  return [
    '| cause | before | after | appeared | vanished |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...shown.map(
      ({ code: id, before, after, appeared, vanished }) =>
        `| ${prose(id)} | ${before} | ${after} | ${appeared} | ${vanished} |`,
    ),
    ...(more > 0 ? ['', `And ${plural(more, 'more cause')}.`] : []),
  ]
}

function hostItem({ build, counts }: BuildRow): string {
  const { shown, more } = few(build.hosts, NAMES)
  const names = shown.map(code).join(', ') + (more > 0 ? ` and ${more} more` : '')
  return `- Xen ${code(versionText(build))} (${names}): ${countsText(counts)}`
}

function kernelItem({ kernel, mode, before, after, builds, pairs: count }: KernelRow): string {
  const more = kernel.images.length - 1
  const name = code(kernelName(kernel)) + (more > 0 ? ` and ${plural(more, 'more image')}` : '')
  const { shown, more: others } = few([...builds], NAMES)
  const where = shown.map(code).join(', ') + (others > 0 ? ` and ${others} more` : '')
  const answers = `${prose(answerText(before))} → ${prose(answerText(after))}`
  return `- ${name} as ${mode} on Xen ${where}: ${answers} (${pairs(count)})`
}
