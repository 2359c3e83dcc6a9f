/**
 * The place of the matrix, which the script draws, and of the panel that opens from it.
 * @module
 */
import { html, type Markup } from '../markup.ts'

export const matrixSection = (): Markup => html`<section id="matrix" aria-labelledby="matrix-title">
<h2 id="matrix-title">Kernels by builds</h2>
<noscript><p class="note">The matrix and its details need JavaScript, which does not run here; all the rest is on this page.</p></noscript>
<div id="matrix-root"></div>
</section>`

export const panelPlace = (): Markup => html`<dialog id="panel" aria-labelledby="panel-title"></dialog>`
