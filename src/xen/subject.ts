/** One image under judgement, with what was found out about it so far. */
import { ELFCLASS32 } from '../facts/elf-format.ts'
import type { Codec, Facts, Layer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { type GateOverrides, type GateReader, ModelPart } from './gate-reader.ts'
import { DEFAULT_CAPABILITIES, type HostOptions, readOverrides } from './host-options.ts'
import { type Mapped, mappingEnd } from './hypervisor/layout.ts'
import { type ElfImage, prepareElf } from './libelf/image.ts'
import { initElf } from './libelf/init.ts'
import { type Parsed, parseElf } from './libelf/parse.ts'
import { packingRemark } from './note-readers.ts'
import type { Stop } from './verdict.ts'

/** The bytes that a loader has in its hands: the file, or what it unpacked from it. */
export interface Blob {
  /** The layer that these bytes are; one past the last is the ELF, or what else was found there. */
  depth: number
  /** How many bytes the loader counts. */
  size: number
}

export class Subject {
  readonly facts: Facts
  readonly elf: ElfImage | undefined
  readonly options: HostOptions
  readonly overrides: GateOverrides | undefined
  readonly capabilities: readonly string[]
  /** Xen reads all notes, and other programs lose some. */
  readonly hasPackedNotes: boolean
  /** A fault in the payload. Xen's decoders may see it or not. */
  readonly damage: { codec: Codec; problem: string } | undefined
  /** Where the payload of the bzImage lies, if the file ends before it does. */
  readonly cutPayload: { start: number; end: number; size: number } | undefined
  #firstFrame: Subject | undefined
  readonly #inits: { size: number; part: ModelPart<Stop | undefined> }[] = []
  readonly #mappings: (Mapped & { end: bigint })[] = []
  readonly #parses: { size: number; container: boolean; part: ModelPart<Parsed> }[] = []

  constructor(
    facts: Facts,
    options: HostOptions = {},
    overrides: GateOverrides | undefined = readOverrides(options.gates).overrides,
  ) {
    this.facts = facts
    this.elf = facts.elf === undefined ? undefined : prepareElf(facts.elf)
    this.options = options
    this.overrides = overrides
    this.damage = damageOf(facts.layers)
    this.cutPayload = cutPayloadOf(facts)
    this.hasPackedNotes = packingRemark(facts) !== undefined
    this.capabilities = options.capabilities?.xen ?? DEFAULT_CAPABILITIES
  }

  /**
   * The image as the hypervisor sees it: of a zstd stream it unpacks the first frame alone. The same subject where that
   * makes no difference.
   */
  get forHypervisor(): Subject {
    if (this.facts.firstFrameElf === undefined) return this
    if (this.#firstFrame === undefined) {
      const { firstFrameElf, ...facts } = this.facts
      const layers = facts.layers.map(firstFrameOf)
      this.#firstFrame = new Subject({ ...facts, layers, elf: firstFrameElf }, this.options, this.overrides)
    }
    return this.#firstFrame
  }

  /** The file itself. */
  get file(): Blob {
    return { depth: 0, size: this.facts.size }
  }

  layerOf(blob: Blob): Layer | undefined {
    return this.facts.layers[blob.depth]
  }

  /** True when the blob starts with ELF's magic. */
  startsAsElf(blob: Blob): boolean {
    return this.elf !== undefined && blob.depth === this.facts.layers.length
  }

  /** elf_init. Only for a blob that starts as an ELF. */
  init(ask: GateReader, blob: Blob): Stop | undefined {
    const { size } = blob
    for (const init of this.#inits) if (init.size === size) return init.part.for(ask)
    const part = new ModelPart(inner => initElf(inner, this.elf!, size))
    this.#inits.push({ size, part })
    return part.for(ask)
  }

  /** elf_parse_binary and elf_xen_parse. Only for a blob that passed elf_init. */
  parse(ask: GateReader, blob: Blob, container: boolean): Parsed {
    const { size } = blob
    for (const parse of this.#parses) {
      if (parse.size === size && parse.container === container) return parse.part.for(ask)
    }
    const part = new ModelPart(inner => parseElf(inner, this.elf!, size, container))
    this.#parses.push({ size, container, part })
    return part.for(ask)
  }

  /** Where dom0's initial mapping ends: releases differ in much, and seldom in what it follows from. */
  mappingEnd({ virtBase, virtKend, p2mBase }: Mapped): bigint {
    for (const known of this.#mappings) {
      if (known.virtBase === virtBase && known.virtKend === virtKend && known.p2mBase === p2mBase) {
        return known.end
      }
    }
    const end = mappingEnd({ virtBase, virtKend, p2mBase }, this.elf?.facts.class === ELFCLASS32)
    this.#mappings.push({ virtBase, virtKend, p2mBase, end })
    return end
  }
}

/** The others are what the reader or Xen does not take, though it may be sound. */
const DAMAGE: ReadonlySet<StreamErrorCode> = new Set([
  'checksum-mismatch',
  'stream-corrupt',
  'stream-truncated',
])

function damageOf(layers: readonly Layer[]): Subject['damage'] {
  for (const layer of layers) {
    if (layer.kind !== 'stream' || layer.error === undefined) continue
    const { code, message } = layer.error
    if (DAMAGE.has(code)) return { codec: layer.codec, problem: message }
  }
  return undefined
}

function cutPayloadOf({ size: fileSize, layers }: Facts): Subject['cutPayload'] {
  const at = layers.findIndex(({ kind }) => kind === 'bzimage')
  const layer = layers[at]
  if (layer?.kind !== 'bzimage') return undefined
  const outer = layers[at - 1]
  const size = outer?.kind === 'stream' ? outer.unpacked : fileSize
  const { payloadStart: start, payloadLength } = layer
  const end = start + payloadLength
  return size !== undefined && end > size ? { start, end, size } : undefined
}

/** A layer with its first frame as all that there is. */
function firstFrameOf(layer: Layer): Layer {
  if (layer.kind !== 'stream' || layer.firstFrame === undefined) return layer
  const { error: _, ...rest } = layer
  return { ...rest, ...layer.firstFrame, verified: true }
}
