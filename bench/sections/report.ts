/**
 * The HTML report of 5,000 kernels on 500 hosts in Chromium: its size, when it is first painted, and how long a filter takes, all
 * of it from the trace that the browser writes itself.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { type FactsLine, sampleFacts, sampleInventory } from '../../fixtures/builders/fleet.ts'
import { quote, run, selfCommand } from '../command.ts'
import type { Context, Measure } from '../context.ts'
import { interleave, type Sample, type Subject } from '../interleave.ts'

const SIZE = { kernels: 5000, images: 5000, hosts: 500 }
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** What the reader does, as text: it runs in the page. */
const FILTERS: Record<string, string> = {
  'by answer': `document.querySelector('button.chip').click()`,
  'by name': `(() => {
    const field = document.querySelector('input[type="search"]')
    field.value = field.value === '' ? 'zstd' : ''
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })()`,
  'by cause': `(() => {
    const list = [...document.querySelectorAll('.field')].find(field => field.textContent.startsWith('Cause')).querySelector('select')
    list.selectedIndex = list.selectedIndex === 0 ? 1 : 0
    list.dispatchEvent(new Event('change', { bubbles: true }))
  })()`,
}

/** So many traces are made of an opening: one may end before the page is painted. */
const ATTEMPTS = 3

/** An event of the trace; times are in microseconds. */
interface TraceEvent {
  name: string
  /** The process and the thread. */
  pid: number
  tid: number
  ts: number
  dur?: number
  tdur?: number
}

/** What the browser writes down while `act` runs. */
async function traced(session: CDPSession, act: () => Promise<unknown>): Promise<TraceEvent[]> {
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: unknown[] }) => events.push(...(value as TraceEvent[]))
  session.on('Tracing.dataCollected', collect)
  const ended = new Promise(resolve => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.start', {
    categories: 'devtools.timeline,disabled-by-default-devtools.timeline,blink.user_timing,loading',
    transferMode: 'ReportEvents',
  })
  await act()
  await session.send('Tracing.end')
  await ended
  session.off('Tracing.dataCollected', collect)
  return events.sort((a, b) => a.ts - b.ts)
}

const last = (events: readonly TraceEvent[], name: string) => events.findLast(event => event.name === name)

/** Undefined where the trace ended before anything was painted. */
function firstPaint(events: readonly TraceEvent[]): Sample | undefined {
  const start = last(events, 'navigationStart')
  const paint = events.find(({ name, ts }) => name === 'firstPaint' && start !== undefined && ts > start.ts)
  if (start === undefined || paint === undefined) return undefined
  return { wall: (paint.ts - start.ts) / 1000, cpu: busy(events, paint, start.ts, paint.ts) }
}

/** Milliseconds of the processor in tasks of the thread of `of`, between two times. */
function busy(events: readonly TraceEvent[], { pid, tid }: TraceEvent, from: number, to: number): number {
  const tasks = events.filter(
    event => event.name === 'RunTask' && event.pid === pid && event.tid === tid && event.ts < to,
  )
  const during = tasks.filter(({ ts, dur = 0 }) => ts + dur > from)
  return during.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000
}

/** From the mark before the act to the end of the paint that follows it. */
function untilPainted(events: readonly TraceEvent[]): Sample {
  const start = last(events, 'filter')
  const paint = start && events.find(({ name, ts }) => name === 'Paint' && ts > start.ts)
  if (start === undefined || paint === undefined) throw new Error('Cannot find the filter in the trace')
  const end = paint.ts + (paint.dur ?? 0)
  return { wall: (end - start.ts) / 1000, cpu: busy(events, start, start.ts, end) }
}

const painted = 'new Promise(done => requestAnimationFrame(() => setTimeout(done)))'

async function filtered(page: Page, session: CDPSession, act: string): Promise<Sample> {
  const events = await traced(session, () =>
    page.evaluate(`(() => { performance.mark('filter'); ${act}; return ${painted} })()`),
  )
  return untilPainted(events)
}

/** Writes the report, and returns its path. */
function writeReport({ root, scratch }: Context): string {
  const directory = join(scratch, 'report')
  mkdirSync(directory, { recursive: true })
  const scan = ['scan', '-o', 'ndjson', 'fixtures/catalogue', 'fixtures/codecs']
  const lines = run('bash', ['-c', `cd ${quote(root)} && ${selfCommand(root, scan)}`]).toString()
  const facts = lines
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as FactsLine)
  writeFileSync(join(directory, 'facts.ndjson'), sampleFacts(facts, SIZE))
  // Without placements: every kernel is asked on every host.
  const [hosts] = sampleInventory(SIZE).split('placements:\n')
  writeFileSync(join(directory, 'fleet.yaml'), hosts!)
  const report = join(directory, 'report.html')
  run('bash', [
    '-c',
    selfCommand(root, [
      ...['audit', '--no-config', '--facts', join(directory, 'facts.ndjson')],
      ...['--inventory', join(directory, 'fleet.yaml'), '--mode', 'pv-domU,pv-dom0,pvh-domU'],
      ...['-o', `html=${report}`],
    ]),
  ])
  return report
}

export const measureReport: Measure = async context => {
  const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find(place => existsSync(place))
  const section = {
    id: 'report' as const,
    title: 'The HTML report',
    item: 'act',
    method:
      'the report of 5,000 kernels, each asked on all of 500 hosts in three boot modes, in Chromium: from the trace of the browser, the time from the navigation to the first paint, and from a filter to the end of the paint that shows it',
  }
  if (executablePath === undefined) {
    return { ...section, rows: [], missing: ['all of it: there is no Chromium; CHROMIUM names one'] }
  }
  const report = writeReport(context)
  const { size } = statSync(report)
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const session = await page.context().newCDPSession(page)
    const url = pathToFileURL(report).href
    const open = async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        await page.goto('about:blank')
        const sample = firstPaint(await traced(session, () => page.goto(url)))
        if (sample !== undefined) return sample
      }
      throw new Error('Cannot find the first paint in the trace')
    }
    const subjects: Subject[] = [
      { group: 'open', subject: 'first paint', items: 1, size, sample: open },
      ...Object.entries(FILTERS).map(([name, act]) => ({
        group: 'filter',
        subject: name,
        items: 1,
        sample: () => filtered(page, session, act),
      })),
    ]
    await open()
    const rows = await interleave(subjects, { warmup: 1, rounds: context.quick ? 3 : 9 })
    return { ...section, rows, missing: [] }
  } finally {
    await browser.close()
  }
}
