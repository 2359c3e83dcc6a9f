/**
 * What the panel says, by what it is about.
 * @module
 */
import { buildContent, buildsContent } from './panel-builds.ts'
import { cellContent, cellsContent } from './panel-cell.ts'
import { kernelContent } from './panel-kernel.ts'
import type { Asked, Content } from './panel-parts.ts'
import type { Target } from './target.ts'

export function contentOf(asked: Asked, target: Target): Content {
  switch (target.kind) {
    case 'cell':
      return target.builds.length === 1 ? cellContent(asked, target) : cellsContent(asked, target)
    case 'kernel':
      return kernelContent(asked, target.kernel)
    case 'builds':
      return target.builds.length === 1
        ? buildContent(asked, target.builds[0]!)
        : buildsContent(asked, target.label, target.builds)
  }
}
