/**
 * The audit as one HTML file: it opens from the file system, asks the network for nothing, and can be read
 * without its script. The script draws the matrix and opens its cells.
 * @module
 */
import { ranks } from '../../document/natural-order.ts'
import type { Audit } from '../../findings/model.ts'
import { inventoryLine, knowledgeLine } from '../audit/headline.ts'
import { buildNames } from '../audit/names.ts'
import { origin, question, subject } from '../audit/summary.ts'
import type { Names } from './affects.ts'
import { encodeAudit } from './encode.ts'
import { documentHead } from './document-head.ts'
import { html, type Markup, scriptJson } from './markup.ts'
import { kernelNames } from './names.ts'
import { script, scriptHash, styleHash } from './page-assets.ts'
import { causesSection } from './sections/causes.ts'
import { ignoredSection } from './sections/ignored.ts'
import { inventorySection } from './sections/inventory.ts'
import { planSection } from './sections/plan.ts'
import { refusedTable } from './sections/refused.ts'
import { acceptedNowhereSection, laterRefusalsSection, outdatedBuildsSection } from './sections/risks.ts'
import { summarySection } from './sections/summary.ts'
import { trendSection } from './sections/trend.ts'
import { visible } from './visible.ts'

/** Only the script and the styles that we wrote run, and nothing is loaded. */
const POLICY = `default-src 'none'; script-src ${scriptHash}; style-src ${styleHash}; base-uri 'none'; form-action 'none'`

interface Part {
  id: string
  word: string
  section: Markup | false
}

function partsOf(audit: Audit): Part[] {
  const kernels = kernelNames(audit.kernels).map(({ lead, tail }) => lead + tail)
  const builds = buildNames(audit).map(visible)
  const names: Names = { kernels, builds, ranks: { kernels: ranks(kernels), builds: ranks(builds) } }
  const parts: Part[] = [
    { id: 'summary', word: 'At a glance', section: summarySection(audit) },
    { id: 'causes', word: 'Causes', section: causesSection(audit, names) },
    { id: 'matrix', word: 'Matrix', section: matrixSection(audit) },
    { id: 'trend', word: 'Trend', section: trendSection(audit) },
    { id: 'plan', word: 'Plan', section: planSection(audit, names) },
    { id: 'later-refusals', word: 'Next upgrade', section: laterRefusalsSection(audit, names) },
    { id: 'accepted-nowhere', word: 'Accepted nowhere', section: acceptedNowhereSection(audit, names) },
    { id: 'outdated-builds', word: 'Outdated builds', section: outdatedBuildsSection(audit, names) },
    { id: 'inventory', word: 'Inventory', section: inventorySection(audit) },
    { id: 'ignored', word: 'Ignored', section: ignoredSection(audit, names) },
  ]
  return parts.filter(({ section }) => section !== false)
}

/**
 * The document in pieces of text, to be written one after the other as UTF-8. Pure: the same audit gives the
 * same bytes.
 */
export function* htmlReport(audit: Audit): Generator<string> {
  const asked = question(audit)
  const title = audit.title ?? asked
  const from = [dated(audit), audit.tool, knowledgeLine(audit), inventoryLine(audit)].filter(
    part => part !== undefined,
  )
  const parts = partsOf(audit)
  yield documentHead(title, audit.tool, POLICY)
  yield html`<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
<header class="top">
<div><h1>${title}</h1>
<p>${audit.title !== undefined && `${asked}: `}${subject(audit)}</p>
<p>${from.join(' · ')}</p></div>
<div class="needs-script buttons"><button type="button" id="print">Print</button>
<button type="button" id="print-matrix">Print with the matrix</button>
<button type="button" id="theme" aria-pressed="false">Dark</button></div>
</header>
<nav aria-label="Sections"><ul>${parts.map(({ id, word }) => html`<li><a href="#${id}">${word}</a></li>`)}</ul></nav>
<main>
`.markup
  for (const { section } of parts) if (section !== false) yield `${section.markup}\n`
  yield html`</main>
<footer><p>${origin(audit)}. This file asks the network for nothing.</p></footer>
${panelPlace()}
`.markup
  yield '<script type="application/json" id="data">'
  yield scriptJson(encodeAudit(audit))
  yield `</script>\n<script>${script}</script>\n</body>\n</html>\n`
}

/** `2026-11-26, 14:07 UTC`; the time as it is where it is none. */
function dated({ created }: Audit): string {
  const date = new Date(created)
  if (Number.isNaN(date.getTime())) return created
  const [day, time] = date.toISOString().split('T')
  return `${day}, ${time!.slice(0, 5)} UTC`
}

/** The place of the matrix, which the script draws; without it, what is refused as a plain table. */
const matrixSection = (audit: Audit): Markup => html`<section id="matrix" aria-labelledby="matrix-title">
<h2 id="matrix-title">Kernels by builds</h2>
<noscript><p class="note">The matrix and its details need JavaScript, which does not run here; all the rest is on this page, and this is what is refused.</p>
${refusedTable(audit)}</noscript>
<div id="matrix-root"></div>
</section>`

/** The place of the panel that opens from it. */
const panelPlace = (): Markup => html`<dialog id="panel" aria-labelledby="panel-title"></dialog>`
