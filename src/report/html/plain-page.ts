/**
 * A report as one HTML file without a script: sections of tables, in the look of the audit's report.
 * @module
 */
import { countOf } from '../audit/counts.ts'
import { documentHead } from './document-head.ts'
import { type Content, html, type Markup } from './markup.ts'
import { styleHash } from './page-assets.ts'

/** Only the styles that we wrote are used, and nothing is loaded. */
const POLICY = `default-src 'none'; style-src ${styleHash}; base-uri 'none'; form-action 'none'`

/** A document holds so many rows of a table: above it browsers take long, and nobody reads on. */
const ROWS = 2000

export interface PlainColumn {
  name: string
  /** `number` to the right; `name` as wide as a path needs; `whole` is not broken; `narrow` for a sign under an upright head. */
  look?: 'number' | 'name' | 'whole' | 'narrow'
}

export interface PlainSection {
  /** Of its address. */
  id: string
  title: string
  notes?: readonly string[]
  table?: { columns: readonly PlainColumn[]; rows: readonly (readonly Content[])[] }
}

export interface PlainPage {
  title: string
  lead: readonly string[]
  /** By whom and when it was made. */
  origin: string
  tool: string
  sections: readonly PlainSection[]
}

/** The document in pieces of text, to be written one after the other as UTF-8. */
export function* plainPage({ title, lead, origin, tool, sections }: PlainPage): Generator<string> {
  yield documentHead(title, tool, POLICY)
  yield html`<body>
<header class="top">
<div><h1>${title}</h1>
${lead.map(line => html`<p>${line}</p>`)}</div>
</header>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main>
`.markup
  for (const section of sections) yield `${sectionMarkup(section).markup}\n`
  yield html`</main>
<footer><p>${origin}. This file asks the network for nothing.</p></footer>
</body>
</html>
`.markup
}

const sectionMarkup = ({
  id,
  title,
  notes = [],
  table,
}: PlainSection): Markup => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${notes.map(note => html`<p class="note">${note}</p>`)}
${table !== undefined && tableMarkup(id, title, table)}
</section>`

function tableMarkup(
  id: string,
  title: string,
  { columns, rows }: NonNullable<PlainSection['table']>,
): Markup {
  const more = rows.length - ROWS
  const look = (index: number) => {
    const { look } = columns[index]!
    return look !== undefined && html` class="${look}"`
  }
  // Where the window is narrow a row is a list, and the head is not seen.
  const label = (index: number) => index > 0 && html` data-label="${columns[index]!.name}"`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${title}">
<table class="problems" aria-labelledby="${id}-title">
<thead><tr>${columns.map(({ name, look: own }, index) => html`<th scope="col"${look(index)}>${own === 'narrow' ? html`<span class="upright">${name}</span>` : name}</th>`)}</tr></thead>
<tbody>${rows.slice(0, ROWS).map(
    cells => html`
<tr>${cells.map((cell, index) => html`<td${look(index)}${label(index)}>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>
${more > 0 && html`<p class="note">And ${countOf(more, 'more row')}: the JSON and CSV reports have them all.</p>`}`
}
