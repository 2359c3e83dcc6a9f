/** What runs in a worker of the page: one request after the other. */
import { FACTS_VERSION } from '../../facts/facts.ts'
import { releases, releasesOf, seriesOf } from '../../xen/releases.ts'
import type { AnswerTo, Ask, Call, Knowledge, Reply, RequestKind } from '../messages.ts'
import { hosts, notes, walk } from './details.ts'
import { kernelView } from './kernel-view.ts'
import { readGiven } from './read.ts'
import { repair } from './repair.ts'
import { auditReport, auditSummary, scanReport } from './reports.ts'
import { explainLog } from './texts.ts'
import { unpack } from './unpack.ts'

/** This tool's version: .ci/web.mjs puts it here. */
declare const VERSION: string

type Handlers = { [Kind in RequestKind]: (ask: Ask<Kind>) => AnswerTo<Kind> | Promise<AnswerTo<Kind>> }

const handlers: Handlers = {
  know: (): Knowledge => ({
    version: VERSION,
    facts: FACTS_VERSION,
    releases,
    series: [...new Set(releases.map(seriesOf))].map(name => ({ name, releases: releasesOf(name) })),
  }),
  read: readGiven,
  view: ({ image, json }) => kernelView(image, json),
  walk,
  notes,
  why: ({ text }) => explainLog(text),
  hosts,
  'scan-report': scanReport,
  'audit-report': auditReport,
  'audit-summary': auditSummary,
  unpack,
  repair,
}

async function answer<Kind extends RequestKind>({ id, kind, ask }: Call<Kind>): Promise<Reply> {
  try {
    return { id, answer: await handlers[kind](ask) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

addEventListener('message', async ({ data }: MessageEvent<Call>) => postMessage(await answer(data)))
