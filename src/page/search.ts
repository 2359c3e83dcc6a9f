/**
 * Text search over kernels and builds: every word must occur somewhere, in any case.
 * @module
 */
import type { PageBuild, PageKernel } from '../report/html/data.ts'

export const kernelText = ({ lead, tail, images, layers, guest, version = '', buildId = '' }: PageKernel) =>
  [lead + tail, layers, guest, version, buildId, ...images].join('\n').toLowerCase()

export const buildText = ({ label, hosts, pools }: PageBuild) =>
  [label, ...pools, ...hosts].join('\n').toLowerCase()

/** Which of `texts` hold all words of `query`; all of them where it has none. */
export function search(texts: readonly string[], query: string): boolean[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return texts.map(text => words.every(word => text.includes(word)))
}
