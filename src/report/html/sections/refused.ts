/**
 * What is refused, as a plain table for readers without the script: kernels with the same answers share a row.
 * @module
 */
import { naturally } from '../../../document/natural-order.ts'
import { causeTitle } from '../../../findings/cause-codes.ts'
import { finalVerdict } from '../../../findings/counting-verdict.ts'
import type { Audit } from '../../../findings/model.ts'
import { countOf } from '../../audit/counts.ts'
import { buildNames } from '../../audit/names.ts'
import { html, type Markup } from '../markup.ts'
import { kernelNames } from '../names.ts'
import { visible } from '../visible.ts'
import { modeWord } from '../words.ts'

/** Builds that are named; of more the first and the last are. */
const NAMED = 4

/** For each kernel and boot mode: the builds that refuse it, and why. */
function refusals({ cells, verdicts }: Audit): Map<string, { builds: Set<number>; causes: Set<string> }> {
  const found = new Map<string, { builds: Set<number>; causes: Set<string> }>()
  for (const cell of cells) {
    const { verdict, title, code } = verdicts[finalVerdict(cell)]!
    if (verdict !== 'refuses') continue
    const key = `${cell.kernel} ${cell.mode}`
    let own = found.get(key)
    if (own === undefined) {
      own = { builds: new Set(), causes: new Set() }
      found.set(key, own)
    }
    own.builds.add(cell.build)
    own.causes.add(title ?? (code === undefined ? 'not known' : causeTitle(code)))
  }
  return found
}

interface Row {
  kernels: number[]
  mode: Audit['modes'][number]
  builds: number[]
  causes: string[]
}

function rowsOf(audit: Audit): Row[] {
  const rows = new Map<string, Row>()
  for (const [key, { builds, causes }] of refusals(audit)) {
    const [kernel, mode] = key.split(' ') as [string, Row['mode']]
    const parts = { builds: [...builds].sort((a, b) => a - b), causes: [...causes] }
    const same = JSON.stringify([mode, parts])
    const row = rows.get(same) ?? { kernels: [], mode, ...parts }
    rows.set(same, row)
    row.kernels.push(Number(kernel))
  }
  return [...rows.values()].sort(
    (a, b) => b.builds.length - a.builds.length || b.kernels.length - a.kernels.length,
  )
}

/** Nothing where nothing is refused. */
export function refusedTable(audit: Audit): Markup | false {
  const rows = rowsOf(audit)
  if (rows.length === 0) return false
  const kernels = kernelNames(audit.kernels).map(({ lead, tail }) => lead + tail)
  const builds = buildNames(audit).map(visible)
  const on = (own: readonly number[]) =>
    own.length <= NAMED
      ? own.map(build => builds[build]!).join(', ')
      : `${countOf(own.length, 'build')}, ${builds[own[0]!]!} to ${builds[own.at(-1)!]!}`
  const items = rows.map(row => {
    const names = row.kernels.map(kernel => kernels[kernel]!).sort(naturally)
    return html`
<tr><th scope="row">${names.map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`)}</th>
<td>${modeWord[row.mode]}</td><td><bdi>${on(row.builds)}</bdi></td><td>${row.causes.join('; ')}</td></tr>`
  })
  return html`<div class="scroll"><table class="problems"><caption>Refused kernels</caption>
<thead><tr><th scope="col">Kernels</th><th scope="col">Boot mode</th><th scope="col">Refused on Xen</th><th scope="col">Because</th></tr></thead>
<tbody>${items}</tbody></table></div>`
}
