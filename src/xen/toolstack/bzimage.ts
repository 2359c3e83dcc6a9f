/** The "Linux bzImage" loader: xc_dom_probe_bzimage_kernel (xg_dom_bzimageloader.c). */
import { HEADER_MAGIC, PAYLOAD_PROTOCOL, PROTOCOL, SETUP_HEADER_END } from '../../facts/bzimage-format.ts'
import type { BzImageLayer } from '../../facts/facts.ts'
import { outside } from '../libelf/init.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because } from '../reason.ts'
import type { Blob } from '../subject.ts'
import type { Stop } from '../verdict.ts'
import { unpackPayload } from './unpack.ts'

/**
 * Releases without the check read the magic after the file. A few pages after it, and far from it, there may be no
 * memory, and the toolstack dies; in between it finds other memory of its own, and no magic in it.
 */
const NEAR = 2 ** 16
const NEIGHBOURHOOD = 2 ** 20
/** A payload must be as long as the magic that is looked for first. */
const LEAST_PAYLOAD = 2
const PROBE = 'xc_dom_probe_bzimage_kernel'

export interface BzImageProbe {
  /** What the next loaders get: the payload, even when the probe fails. */
  blob: Blob
  /** Set when the payload is there for the ELF loader. */
  unpacked: boolean
  /** Why not, where it is a bzImage. */
  stop?: Stop
}

export function probeBzImage(run: LoaderRun, blob: Blob): BzImageProbe {
  const { ask, subject } = run
  const asItIs: BzImageProbe = { blob, unpacked: false }
  const layer = subject.layerOf(blob)
  const isBzImage = layer?.kind === 'bzimage' && blob.size >= SETUP_HEADER_END
  if (ask.gate('bzimage-toolstack') === 'unknown') {
    if (!isBzImage) return asItIs
    const stop: Stop = {
      verdict: 'refuses',
      code: 'bzimage-unsupported',
      reason: because('bzimage-unsupported', { side: 'toolstack' }),
      gates: ['bzimage-toolstack'],
    }
    ask.trace?.({
      stage: 'xc_dom_find_loader',
      what: 'bzImage header',
      offset: HEADER_MAGIC,
      does: 'not known: there is no loader for it',
      gates: stop.gates,
    })
    return { ...asItIs, stop }
  }
  if (!isBzImage) {
    if (ask.gate('bzimage-probe-text') === 'logged') {
      const why = blob.size < SETUP_HEADER_END ? 'kernel image too small' : 'kernel is not a bzImage'
      run.log(`${PROBE}: ${why}`, 'noise')
    }
    return asItIs
  }
  ask.trace?.({
    stage: PROBE,
    what: 'bzImage header',
    offset: PROTOCOL,
    value: `boot protocol ${(layer.protocol >> 8).toString()}.${(layer.protocol & 0xff).toString().padStart(2, '0')}`,
    does: layer.protocol < PAYLOAD_PROTOCOL ? 'too old: refuses it' : 'looks for the payload',
    gates: ['bzimage-header'],
  })
  if (layer.protocol < PAYLOAD_PROTOCOL) {
    run.log(`${PROBE}: boot protocol too old (${layer.protocol.toString(16).padStart(4, '0')})`)
    const stop: Stop = {
      verdict: 'refuses',
      code: 'boot-protocol-too-old',
      reason: because('boot-protocol-too-old'),
      gates: ['bzimage-header'],
    }
    return { ...asItIs, stop }
  }
  return probePayload(run, blob, layer)
}

function probePayload(run: LoaderRun, blob: Blob, layer: BzImageLayer): BzImageProbe {
  const { ask, subject } = run
  const { payloadStart, payloadLength } = layer
  const end = payloadStart + payloadLength
  const cut = end > blob.size
  const isOdd = payloadStart >= blob.size || cut || payloadLength < LEAST_PAYLOAD
  const checked = isOdd && ask.gate('payload-bounds') === 'checked'
  ask.trace?.({
    stage: PROBE,
    what: 'payload',
    offset: payloadStart,
    value: `${payloadLength} bytes`,
    does: cut
      ? `reaches past the end of the file, at ${blob.size}: ${checked ? 'refuses it' : 'goes on all the same'}`
      : 'looks for its magic',
    gates: ['payload-bounds'],
  })
  if (checked && (payloadStart >= blob.size || cut)) {
    run.log(`${PROBE}: payload ${payloadStart >= blob.size ? 'offset' : 'length'} overflow`)
    const stop: Stop = {
      verdict: 'refuses',
      code: 'payload-outside-file',
      reason: because('payload-outside-file', { start: payloadStart, end, size: blob.size }),
      gates: ['payload-bounds'],
    }
    return { blob, unpacked: false, stop }
  }
  const next: Blob = { depth: blob.depth + 1, size: payloadLength }
  // Without the check the start is computed in 32 bits, and may come back into the file.
  const wraps = payloadStart >= 2 ** 32
  if (payloadStart >= blob.size && !wraps) {
    const gap = payloadStart - blob.size
    if (gap > NEAR && gap < NEIGHBOURHOOD) return noStream(run, next, true)
    const stop = outside('payload', ['payload-bounds'])
    return { blob: next, unpacked: false, stop }
  }
  const stream = wraps ? undefined : subject.layerOf(next)
  const short = checked && payloadLength < LEAST_PAYLOAD
  if (stream?.kind !== 'stream' || short) return noStream(run, next, wraps || short)
  const { blob: unpacked, stop } = unpackPayload(run, stream, {
    depth: next.depth,
    length: payloadLength,
    cut,
  })
  if (stop !== undefined) return { blob: unpacked ?? next, unpacked: false, stop }
  return { blob: unpacked!, unpacked: true }
}

/** A payload without a known magic. */
function noStream(run: LoaderRun, next: Blob, nothing: boolean): BzImageProbe {
  const { ask, subject } = run
  const passedOn = ask.gate('unknown-payload') === 'passed-on'
  if (!passedOn) run.log(`${PROBE}: unknown compression format`)
  const isElf = !nothing && subject.startsAsElf(next)
  ask.trace?.({
    stage: PROBE,
    what: 'payload',
    value: isElf ? 'an uncompressed ELF' : 'no known format',
    does: passedOn ? 'passes it on as it is' : 'declines it, and leaves it to the next loader',
    gates: ['unknown-payload'],
  })
  if (isElf) return { blob: next, unpacked: passedOn }
  const stop: Stop = {
    verdict: 'refuses',
    code: 'payload-unknown',
    reason: because('payload-unknown'),
    gates: ['unknown-payload'],
  }
  return { blob: { ...next, depth: Number.MAX_SAFE_INTEGER }, unpacked: false, stop }
}
