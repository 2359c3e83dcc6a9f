/**
 * Counts of upgrades to several releases for Prometheus: those of one upgrade, with the release as the label `to`.
 * @module
 */
import type { UpgradeTarget } from '../../findings/targets.ts'
import { causeSamples, type Labels, metricsText, timeMetric } from '../audit/prometheus-text.ts'
import { COLUMNS, type TargetsFormat } from './report.ts'

export const prometheusReport: TargetsFormat = ({ tool, created, targets, unit, kernels, best }) => {
  const each = (samplesOf: (target: UpgradeTarget, index: number) => [Labels, number][]) =>
    targets.flatMap((target, index) =>
      samplesOf(target, index).map(([labels, count]): [Labels, number] => [
        { to: target.to, ...labels },
        count,
      ]),
    )
  return metricsText([
    {
      name: 'info',
      help: 'The report: the tool, and what was asked.',
      samples: [[{ tool, kind: 'upgrade' }, 1]],
    },
    timeMetric(created),
    {
      name: 'changes',
      help: `What an upgrade to each release does, in ${unit}.`,
      samples: each(({ changes }) => COLUMNS.map(change => [{ change }, changes[change]])),
    },
    {
      name: 'cause_answers',
      help: `What an upgrade to each release breaks or leaves in doubt by cause, in ${unit}.`,
      samples: each(({ causes }) => causeSamples(causes)),
    },
    {
      name: 'breaks_least',
      help: '1 for the release that breaks least.',
      samples: each((_, index) => [[{}, index === best ? 1 : 0]]),
    },
    {
      name: 'findings_failing',
      help: 'Findings that policy lets fail.',
      samples: each(({ failing }) => [[{}, failing]]),
    },
    { name: 'hosts', help: 'Hosts that would be upgraded.', samples: each(({ hosts }) => [[{}, hosts]]) },
    {
      name: 'hosts_left_alone',
      help: 'Hosts that run the release or a newer one.',
      samples: each(({ leftAlone }) => [[{}, leftAlone]]),
    },
    { name: 'kernels', help: 'Kernels of the catalogue.', samples: [[{}, kernels.length]] },
  ])
}
