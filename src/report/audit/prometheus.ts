/**
 * Counts of an audit for Prometheus.
 * @module
 */
import type { Audit } from '../../findings/model.ts'
import { causeSamples, type Labels, type Metric, metricsText, timeMetric } from './prometheus-text.ts'
import type { AuditFormat } from './report.ts'
import { unitOf } from './summary.ts'

export const prometheusReport: AuditFormat = audit => metricsText(metricsOf(audit))

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
    timeMetric(created),
    { name: 'answers', help: `Answers by verdict, in ${unit}.`, samples: counted('verdict', counts) },
    {
      name: 'changes',
      help: `What a change does, in ${unit}.`,
      samples: counted('change', counts.changes ?? {}),
    },
    {
      name: 'cause_answers',
      help: `Refusals and doubts by cause, in ${unit}.`,
      samples: causeSamples(audit.causes),
    },
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
