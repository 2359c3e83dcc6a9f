/** The cost model as two tables of Markdown, and what they come to in sentences. */
import {
  type Bound,
  costOf,
  IMAGES,
  type ImageCost,
  machinesUntil,
  queueMemory,
  type ScaleCost,
  type ScaleParameters,
} from './scale-model.ts'

const whole = (value: number) => Math.round(value).toLocaleString('en-US')
const plain = (value: number) => String(Number(value.toPrecision(3)))

function bytesText(bytes: number): string {
  const [unit, name] = bytes >= 1e12 ? [1e12, 'TB'] : bytes >= 1e9 ? [1e9, 'GB'] : [1e6, 'MB']
  return `${plain(bytes / unit)} ${name}`
}

function timeText(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${plain(seconds / 86_400)} days`
  return seconds >= 3600 ? `${plain(seconds / 3600)} h` : `${plain(seconds / 60)} min`
}

const PARAMETERS: readonly [keyof ScaleParameters, what: string, show: (value: number) => string][] = [
  ['images', 'images', whole],
  ['machines', 'machines', whole],
  ['cores', 'processors of a machine', whole],
  ['workers', 'images that a machine reads at once', whole],
  ['latency', 'seconds from a request to its answer', plain],
  ['bandwidth', 'bytes a second that a machine takes from the network', value => bytesText(value)],
  ['requestPrice', 'dollars for 1,000 requests', plain],
  ['trafficPrice', 'dollars for a GB that leaves the region', plain],
  ['machinePrice', 'dollars for a machine an hour', plain],
  ['storeRate', 'requests a second that the store answers for a prefix', whole],
  ['prefixes', 'prefixes that the images are spread over', whole],
  ['commands', 'commands of the queue for an image', whole],
  ['queueRate', "commands a second that the queue's server does", whole],
  ['waiting', "bytes of the queue's memory for a reference that waits, measured", whole],
  ['kernels', 'distinct kernels of all images', whole],
  ['record', 'bytes of a record', whole],
]

const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [
    row(...head),
    row(...head.map((_, index) => (index === 0 ? '---' : '--:'))),
    ...rows.map(cells => row(...cells)),
  ].join('\n')

const BOUNDS: Readonly<Record<Bound, string>> = {
  processors: 'processors',
  waiting: 'waiting for answers',
  network: 'the network of the machines',
  store: 'the store',
  queue: "the queue's server",
}

/** Tables of the parameters, of one image and of all, and a sentence on what decides for each codec. */
export function scaleText(parameters: ScaleParameters): string {
  const costs = IMAGES.map(image => costOf(image, parameters))
  const each = (show: (cost: ScaleCost, image: ImageCost) => string) =>
    costs.map((cost, index) => show(cost, IMAGES[index]!))
  const names = IMAGES.map(({ name }) => name)
  const rows = [
    ['bytes an image', ...each((_, image) => bytesText(image.bytes))],
    ['requests an image', ...each((_, image) => whole(image.requests))],
    ['seconds of a processor an image', ...each((_, image) => plain(image.cpu))],
    ['bytes of all', ...each(cost => bytesText(cost.bytes))],
    ['requests of all', ...each(cost => `${whole(cost.requests / 1e6)} million`)],
    ['one processor', ...each(cost => timeText(cost.cpu))],
    ['one worker that waits', ...each(cost => timeText(cost.waited))],
    ...(Object.keys(BOUNDS) as Bound[]).map(bound => [
      `bound by ${BOUNDS[bound]}`,
      ...each(cost => timeText(cost.bounds[bound])),
    ]),
    ['**the run**', ...each(cost => `**${timeText(cost.seconds)}**`)],
    ['dollars for requests', ...each(cost => whole(cost.requestsPrice))],
    ['dollars for machines', ...each(cost => whole(cost.machinesPrice))],
    ['dollars for traffic, where it leaves the region', ...each(cost => whole(cost.trafficPrice))],
  ]
  const sentences = IMAGES.map((image, index) => {
    const until = machinesUntil(image, parameters)
    const next =
      until === undefined
        ? 'More machines do not help: more prefixes do, or more servers for the queue.'
        : `More machines help up to ${whole(until)}.`
    return `- ${image.name}: ${BOUNDS[costs[index]!.bound]} decides. ${next}`
  })
  const memory = `The queue takes ${bytesText(queueMemory(parameters))} of memory while everything waits.`
  return [
    table(
      ['parameter', 'name', 'value'],
      PARAMETERS.map(([name, what, show]) => [what, `\`--${name}\``, show(parameters[name])]),
    ),
    table(['', ...names], rows),
    ...[sentences.join('\n'), memory],
  ].join('\n\n')
}
