/**
 * Counts of an audit for Prometheus, in its text format: what the textfile collector of the node exporter reads
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, "Text-based format").
 * @module
 */
import { printable } from '../../document/printable.ts'
import type { Audit } from '../../findings/model.ts'
import type { AuditFormat } from './report.ts'
import { unitOf } from './summary.ts'

type Labels = Record<string, string>

interface Metric {
  name: string
  help: string
  samples: [Labels, number][]
}

/** A label's value: backslashes, quotes and line feeds are escaped, and what would not be seen is spelled out. */
export const labelValue = (text: string): string =>
  printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')

export const prometheusReport: AuditFormat = function* (audit) {
  for (const { name, help, samples } of metricsOf(audit)) {
    if (samples.length === 0) continue
    yield `# HELP xen_preflight_${name} ${help}\n# TYPE xen_preflight_${name} gauge\n`
    for (const [labels, value] of samples) yield `xen_preflight_${name}${labelsText(labels)} ${value}\n`
  }
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const counted = (name: string, counts: object): [Labels, number][] =>
  Object.entries(counts).flatMap(([word, count]): [Labels, number][] =>
    typeof count === 'number' ? [[{ [name]: word }, count]] : [],
  )

function metricsOf(audit: Audit): Metric[] {
  const { tool, created, kind, to, counts, pools = [], inventory, kernels, acceptedNowhere, baseline } = audit
  const unit = unitOf(audit).many
  return [
    {
      name: 'info',
      help: 'The report: the tool, what was asked, and the release of an upgrade.',
      samples: [[{ tool, kind, ...(to !== undefined && { to }) }, 1]],
    },
    {
      name: 'report_timestamp_seconds',
      help: 'When the report was made, in seconds of Unix time.',
      samples: timeOf(created),
    },
    { name: 'answers', help: `Answers by verdict, in ${unit}.`, samples: counted('verdict', counts) },
    {
      name: 'changes',
      help: `What a change does, in ${unit}.`,
      samples: counted('change', counts.changes ?? {}),
    },
    { name: 'cause_answers', help: `Refusals and doubts by cause, in ${unit}.`, samples: causesOf(audit) },
    {
      name: 'pool_answers',
      help: 'Answers by pool and verdict, in pairs of a kernel and a host; no pool is empty.',
      samples: pools.flatMap(({ pool, accepts, refuses, uncertain }) =>
        counted('verdict', { refuses, uncertain, accepts }).map(([labels, count]): [Labels, number] => [
          { pool, ...labels },
          count,
        ]),
      ),
    },
    { name: 'hosts', help: 'Hosts that were asked.', samples: [[{}, inventory.hosts]] },
    {
      name: 'hosts_left_out',
      help: 'Hosts that are left out by faults.',
      samples: [[{}, inventory.leftOut]],
    },
    { name: 'kernels', help: 'Kernels of the catalogue.', samples: [[{}, kernels.length]] },
    {
      name: 'kernels_accepted_nowhere',
      help: 'Kernels that no host takes.',
      samples: [[{}, acceptedNowhere.length]],
    },
    {
      name: 'findings',
      help: 'Findings that the baseline has, and those that are new.',
      samples: baseline === undefined ? [] : counted('state', { known: baseline.known, new: baseline.new }),
    },
  ]
}

function timeOf(created: string): [Labels, number][] {
  const time = Date.parse(created)
  return Number.isNaN(time) ? [] : [[{}, time / 1000]]
}

/** Several causes may share a code, and a series is there once. */
function causesOf({ causes }: Audit): [Labels, number][] {
  const sums = new Map<string, [Labels, number]>()
  for (const { code, verdict, guests } of causes) {
    const key = `${code} ${verdict}`
    const sum = sums.get(key) ?? [{ cause: code, verdict }, 0]
    sum[1] += guests
    sums.set(key, sum)
  }
  return [...sums.values()]
}
