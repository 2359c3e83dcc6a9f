/**
 * The head that all HTML reports have.
 * @module
 */
import { html } from './markup.ts'
import { style } from './page-assets.ts'

/** Up to the body. `policy` is the page's Content-Security-Policy, and holds no text of others. */
export const documentHead = (title: string, tool: string, policy: string): string =>
  `<!doctype html>\n<html lang="en">\n${
    html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${tool}">
<title>${title} · xen-preflight</title>
<style>${{ markup: style }}</style>
</head>
`.markup
  }`
