/**
 * Reports by templates of their readers, in Liquid (https://liquidjs.com): what is put in is the JSON document of the
 * report. A template computes and prints; it reads no files and runs no code.
 * @module
 */
import { Liquid, type Template } from 'liquidjs'

/** Raised for a template with a fault. The message completes `Cannot use the template x.liquid: `. */
export class TemplateError extends Error {
  override name = 'TemplateError'
}

/** Characters of a template, and milliseconds and memory that it may take: one that loops for ever ends. */
const LIMITS = { parseLimit: 2 ** 20, renderLimit: 60_000, memoryLimit: 2 ** 27 }

/** A format from the text of a template. Where its name tells that it makes HTML, what is put in is escaped. Throws a TemplateError. */
export function templateReport(text: string, name: string): (document: object) => string {
  const isHtml = /\.html?(?:\.|$)/i.test(name)
  const engine = new Liquid({
    ...LIMITS,
    // Templates are in memory, and there are no others to include.
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    ...(isHtml && { outputEscape: 'escape' as const }),
  })
  const template = attempt(() => engine.parse(text)) as Template[]
  return document => attempt(() => engine.renderSync(template, document)) as string
}

function attempt(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    // The lines below the first one show the template's own.
    throw new TemplateError((error as Error).message.split('\n', 1)[0]!.trim(), { cause: error })
  }
}
