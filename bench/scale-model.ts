/**
 * What a catalogue of any size takes: bytes, requests, seconds and dollars, from what one image takes. A model and no measurement:
 * what one image takes was measured (docs/remote.md, docs/queue.md), the rest are parameters.
 * @module
 */

/** What one image takes. */
export interface ImageCost {
  name: string
  /** Bytes over the wire, and answers that bring them. */
  bytes: number
  requests: number
  /** Seconds of one processor. */
  cpu: number
}

/** A disk with two kernels of Debian, as they were measured over HTTP. */
export const IMAGES: readonly ImageCost[] = [
  { name: 'lz4', bytes: 1.84e6, requests: 54, cpu: 0.1 },
  { name: 'xz', bytes: 13.0e6, requests: 229, cpu: 1.2 },
  { name: 'zstd', bytes: 18.6e6, requests: 304, cpu: 0.9 },
]

export interface ScaleParameters {
  images: number
  machines: number
  /** Processors of a machine, and images that it reads at once. */
  cores: number
  workers: number
  /** Seconds from a request to its answer. */
  latency: number
  /** Bytes that a machine takes from the network each second. */
  bandwidth: number
  /** Dollars for 1,000 requests, for a GB that leaves the store's region, and for a machine each hour. */
  requestPrice: number
  trafficPrice: number
  machinePrice: number
  /** Requests that the store answers each second: for each prefix, and how many prefixes there are. */
  storeRate: number
  prefixes: number
  /** Commands of the queue for each image, and how many its server does each second. */
  commands: number
  queueRate: number
  /** Bytes of the queue's memory for a reference that waits. */
  waiting: number
  /** Distinct kernels, and bytes of a record. */
  kernels: number
  record: number
}

export const DEFAULTS: ScaleParameters = {
  images: 1e7,
  machines: 64,
  cores: 4,
  workers: 16,
  latency: 0.025,
  bandwidth: 1.25e9,
  requestPrice: 0.0004,
  trafficPrice: 0.09,
  machinePrice: 0.17,
  storeRate: 5500,
  prefixes: 16,
  commands: 6,
  queueRate: 10_000,
  waiting: 1290,
  kernels: 10_000,
  record: 6000,
}

/** What bounds a run, as the seconds that it would take if nothing else did. */
export interface Bounds {
  processors: number
  waiting: number
  network: number
  store: number
  queue: number
}
export type Bound = keyof Bounds

export interface ScaleCost {
  bytes: number
  requests: number
  /** Seconds of one processor, and of one worker that waits for answers. */
  cpu: number
  waited: number
  bounds: Bounds
  /** The bound that decides, and the seconds that the run takes. */
  bound: Bound
  seconds: number
  /** Dollars. */
  requestsPrice: number
  trafficPrice: number
  machinesPrice: number
}

export function costOf(image: ImageCost, parameters: ScaleParameters): ScaleCost {
  const { images, machines, cores, workers, latency } = parameters
  const bytes = images * image.bytes
  const requests = images * image.requests
  const cpu = images * image.cpu
  const waited = requests * latency
  const bounds: Bounds = {
    processors: cpu / (machines * cores),
    waiting: waited / (machines * workers),
    network: bytes / (machines * parameters.bandwidth),
    store: requests / (parameters.storeRate * parameters.prefixes),
    queue: (images * parameters.commands) / parameters.queueRate,
  }
  const [bound, seconds] = slowest(bounds)
  return {
    bytes,
    requests,
    cpu,
    waited,
    bounds,
    bound,
    seconds,
    requestsPrice: (requests / 1000) * parameters.requestPrice,
    trafficPrice: (bytes / 1e9) * parameters.trafficPrice,
    machinesPrice: (seconds / 3600) * machines * parameters.machinePrice,
  }
}

const slowest = (bounds: Bounds): [Bound, number] =>
  (Object.entries(bounds) as [Bound, number][]).reduce((worst, next) => (next[1] > worst[1] ? next : worst))

/** Bytes of the queue's memory while everything waits: the records of all kernels too. */
export const queueMemory = ({ images, waiting, kernels, record }: ScaleParameters): number =>
  images * waiting + kernels * record

/** Machines from which on the next bound decides, where there are more than now; undefined where there is no such number. */
export function machinesUntil(image: ImageCost, parameters: ScaleParameters): number | undefined {
  const { bounds } = costOf(image, parameters)
  const shared = Math.max(bounds.store, bounds.queue)
  const own = Math.max(bounds.processors, bounds.waiting, bounds.network)
  return own <= shared ? undefined : Math.ceil((own * parameters.machines) / shared)
}
