/**
 * The forms in which a kernel can be stored, and what an image in such a form says: what the loader models are asked with
 * before a byte is written.
 * @module
 */
import type { BzImageLayer, ElfFacts, Facts, Layer, StreamLayer } from '../facts/facts.ts'

/**
 * `same`: as it is. `elf`: the bare vmlinux. `gzip`: an ELF packed by gzip. `bzimage`: the bzImage with another payload,
 * which takes the place of its own; `bzimage-beside`: its own stays too, for the kernel's own start.
 */
export type Form =
  | { kind: 'same' }
  | { kind: 'elf' }
  | { kind: 'gzip' }
  | { kind: 'bzimage' | 'bzimage-beside'; payload: 'gzip' | 'elf' }

/** How far a form is from a bzImage that is left as it is. */
const COST = { same: 0, bzimage: 10, 'bzimage-beside': 14, gzip: 20, elf: 22 } as const
/** A payload that is not packed makes a file several times as large. */
const UNPACKED_COST = 3

export const formCost = (form: Form): number =>
  COST[form.kind] + ('payload' in form && form.payload === 'elf' ? UNPACKED_COST : 0)

/** The bzImage that the file itself is. */
export const bzImageOf = ({ layers }: Facts): BzImageLayer | undefined =>
  layers[0]?.kind === 'bzimage' ? layers[0] : undefined

/** A bzImage of which the whole header and payload lie in the file. */
const isRebuildable = ({ size }: Facts, { payloadStart, payloadLength }: BzImageLayer) =>
  payloadStart + payloadLength <= size

/** The forms that an image can be given. `same` is only one of them while its ELF stays as it is. */
export function formsOf(facts: Facts): Form[] {
  const layer = bzImageOf(facts)
  const forms: Form[] = [{ kind: 'same' }]
  if (layer !== undefined && isRebuildable(facts, layer)) {
    for (const payload of ['gzip', 'elf'] as const) {
      forms.push({ kind: 'bzimage', payload }, { kind: 'bzimage-beside', payload })
    }
  }
  return [...forms, { kind: 'gzip' }, { kind: 'elf' }]
}

/** Kernels shrink to about a third: what is said here is written down anew once it is known. */
const SHRINKS_BY = 3

/** The facts of the image in another form, with the lengths that it may have. */
export function factsIn(form: Form, facts: Facts, elf: ElfFacts): Facts {
  const { version } = facts
  const packed = Math.ceil(elf.size / SHRINKS_BY)
  const base = { version, ...(facts.binTable !== undefined && { binTable: facts.binTable }) }
  switch (form.kind) {
    case 'same':
      return { ...facts, elf }
    case 'elf':
      return { ...base, size: elf.size, kind: 'elf', layers: [], elf }
    case 'gzip':
      return { ...base, size: packed, kind: 'gzip', layers: [gzipLayer(0, packed, elf.size)], elf }
    default:
      return { ...base, ...inBzImage(form, facts, elf), elf }
  }
}

function inBzImage(
  form: Extract<Form, { payload: string }>,
  facts: Facts,
  elf: ElfFacts,
): Pick<Facts, 'kind' | 'size' | 'layers'> {
  const before = bzImageOf(facts)!
  const length = form.payload === 'gzip' ? Math.ceil(elf.size / SHRINKS_BY) : elf.size
  const start = form.kind === 'bzimage' ? before.payloadStart : facts.size
  const header: BzImageLayer = {
    ...before,
    payloadOffset: before.payloadOffset + start - before.payloadStart,
    payloadStart: start,
    payloadLength: length,
    sizeWord: elf.size,
  }
  const layers: Layer[] = form.payload === 'gzip' ? [header, gzipLayer(start, length, elf.size)] : [header]
  return { kind: 'bzimage', size: facts.size + length, layers }
}

const gzipLayer = (offset: number, length: number, unpacked: number): StreamLayer => ({
  kind: 'stream',
  codec: 'gzip',
  offset,
  length,
  sizeWord: unpacked % 2 ** 32,
  check: 'crc32',
  unpacked,
  consumed: length,
  verified: true,
})
