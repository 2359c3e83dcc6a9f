/**
 * Prometheus' text format: what the textfile collector of the node exporter reads
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, "Text-based format").
 * @module
 */
import { printable } from '../../document/printable.ts'

export type Labels = Record<string, string>

export interface Metric {
  /** Without the prefix of this tool. */
  name: string
  help: string
  samples: [Labels, number][]
}

/** A label's value: backslashes, quotes and line feeds are escaped, and what would not be seen is spelled out. */
export const labelValue = (text: string): string =>
  printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')

/** All are gauges; a metric without samples is left out. */
export function* metricsText(metrics: readonly Metric[]): Generator<string> {
  for (const { name, help, samples } of metrics) {
    if (samples.length === 0) continue
    yield `# HELP xen_preflight_${name} ${help}\n# TYPE xen_preflight_${name} gauge\n`
    for (const [labels, value] of samples) yield `xen_preflight_${name}${labelsText(labels)} ${value}\n`
  }
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** When a report was made, in seconds of Unix time; nothing where its time cannot be read. */
export function timeMetric(created: string): Metric {
  const time = Date.parse(created)
  return {
    name: 'report_timestamp_seconds',
    help: 'When the report was made, in seconds of Unix time.',
    samples: Number.isNaN(time) ? [] : [[{}, time / 1000]],
  }
}

/** Refusals and doubts by cause. Several causes may share a code, and a series is there once. */
export function causeSamples(
  causes: readonly { code: string; verdict: string; guests: number }[],
  labels: Labels = {},
): [Labels, number][] {
  const sums = new Map<string, [Labels, number]>()
  for (const { code, verdict, guests } of causes) {
    const key = `${code} ${verdict}`
    const sum = sums.get(key) ?? [{ ...labels, cause: code, verdict }, 0]
    sum[1] += guests
    sums.set(key, sum)
  }
  return [...sums.values()]
}
