import type { Path } from './tree.ts'

/** A path as people write it: `hosts[2].build.pv32`. */
export function fieldName(path: Path): string {
  return path
    .map(step =>
      typeof step === 'number'
        ? `[${step}]`
        : /^[\w-]+$/.test(step)
          ? `.${step}`
          : `[${JSON.stringify(step)}]`,
    )
    .join('')
    .replace(/^\./, '')
}
