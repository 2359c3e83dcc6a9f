/**
 * What comparisons of two documents start with in Markdown.
 * @module
 */
import { table } from '../audit/markdown-page.ts'
import { prose } from '../audit/markdown-text.ts'

/** The title, the two documents, what is to be known of them, and counts with what each word means. */
export function comparisonHead({
  title,
  old,
  new: now,
  remarks,
  unit,
  counts,
}: {
  title: string
  old: string
  new: string
  remarks: readonly string[]
  unit: string
  counts: readonly (readonly [word: string, count: number, meaning: string])[]
}): string[] {
  return [
    `# ${title}`,
    '',
    `- old: ${prose(old)}`,
    `- new: ${prose(now)}`,
    ...remarks.map(line => `- ${prose(line)}`),
    '',
    ...table({ texts: ['difference'], numbers: [unit], notes: ['what it means'] }, counts),
  ]
}
