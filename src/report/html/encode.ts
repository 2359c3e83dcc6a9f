/**
 * Audit to the data inside the document.
 * @module
 */
import type { Audit, FullVerdict, GateEvidence } from '../../findings/model.ts'
import { ValueTable } from '../../findings/value-table.ts'
import type { LogLines } from '../../xen/log-lines.ts'
import { remedyText } from '../../xen/remedies/remedy-text.ts'
import { buildNames } from '../audit/names.ts'
import { sentence, unitOf } from '../audit/summary.ts'
import { CauseTable } from './cause-table.ts'
import type { PageData, PageEvidence, PageLog, PageVerdict, State } from './data.ts'
import { kernelNames } from './names.ts'
import { toRuns } from './runs.ts'
import { seriesInLabel } from './series.ts'
import { visible, visibleLines } from './visible.ts'

export function encodeAudit(audit: Audit): PageData {
  const texts = new ValueTable<string>()
  const text = (value: string | undefined) => texts.index(visibleLines(value ?? ''), value ?? '')
  text('')
  const evidence = new ValueTable<PageEvidence>()
  const releases = new ValueTable<string>()
  const mode = (name: Audit['modes'][number]) => audit.modes.indexOf(name)

  const evidenceIndex = (item: GateEvidence) =>
    evidence.index(
      {
        gate: text(item.gate),
        summary: text(item.summary),
        history: text(item.history),
        sources: item.sources.map(text),
        advisory: text(item.advisory),
      },
      JSON.stringify([item.gate, item.summary, item.history, item.sources, item.advisory]),
    )
  const logOf = ({ lines, noise, silent }: LogLines): PageLog => ({
    lines: lines.map(text),
    ...(noise !== undefined && { noise: noise.map(text) }),
    ...(silent !== undefined && { silent: text(silent) }),
  })
  const verdict = (full: FullVerdict, cause = causes.indexOf(full)): PageVerdict => ({
    verdict: full.verdict,
    ...(full.stage !== undefined && { stage: full.stage }),
    ...(full.code !== undefined && { code: full.code }),
    ...(cause !== undefined && { cause }),
    ...(full.log !== undefined && { log: logOf(full.log) }),
    reason: text(sentence(full.reason)),
    remedies: full.remedies.map(remedy => text(remedyText(remedy))),
    assumptions: full.assumptions.map(text),
    evidence: full.evidence.map(evidenceIndex),
  })
  const causes = new CauseTable(audit)
  const names = kernelNames(audit.kernels)
  const labels = buildNames(audit)

  return {
    kind: audit.kind,
    ...(audit.to !== undefined && { to: visible(audit.to) }),
    unit: unitOf(audit).many,
    modes: audit.modes,
    kernels: audit.kernels.map(
      ({ images, layers, guest, kernelVersion, flavour, buildId, problem, added }, index) => ({
        ...names[index]!,
        images: images.map(visible),
        layers: visible(layers),
        guest: visible(guest),
        ...(kernelVersion !== undefined && { version: visible(kernelVersion) }),
        ...(flavour !== undefined && { flavour: visible(flavour) }),
        ...(buildId !== undefined && { buildId: visible(buildId) }),
        ...(problem !== undefined && { problem: `${problem.code}: ${visibleLines(problem.message)}` }),
        ...(added && { added }),
      }),
    ),
    builds: audit.builds.map(({ label, hosts, pools, remarks }, index) => ({
      label: visible(labels[index]!),
      series: visible(seriesInLabel(label)),
      hosts: hosts.map(visible),
      pools: pools.map(visible),
      remarks: remarks.map(visibleLines),
    })),
    verdicts: audit.verdicts.map(full => verdict(full)),
    ...encodeCells(audit),
    ...(audit.baseline !== undefined && { baseline: true }),
    causes: causes.causes,
    laterRefusals: audit.laterRefusals.map(laterRefusal => [
      laterRefusal.kernel,
      laterRefusal.build,
      mode(laterRefusal.mode),
      releases.index(visible(laterRefusal.release), laterRefusal.release),
      laterRefusal.verdict,
    ]),
    ignored: audit.ignored.map(cell => [
      cell.kernel,
      cell.build,
      mode(cell.mode),
      text(cell.reason),
      text(cell.expires),
    ]),
    texts: texts.values,
    evidence: evidence.values,
    releases: releases.values,
  }
}

/** Cells that no placement asks for stay 0. */
function encodeCells({ modes, kernels, builds, cells }: Audit) {
  const states = new ValueTable<State>()
  const patterns = new ValueTable<number[]>()
  const loads = new ValueTable<number[]>()
  const cube = new Int32Array(modes.length * kernels.length * builds.length)
  const guests = new Int32Array(cube.length)
  const subsets = new ValueTable<number[]>()
  const hosts = new Int32Array(cube.length)
  const images = new Int32Array(cube.length)
  const subset = (part: number[] | undefined) =>
    part === undefined ? 0 : subsets.index(part, part.join()) + 1
  for (const cell of cells) {
    const { kernel, build, mode, verdict, after, change, known } = cell
    const at = (modes.indexOf(mode) * kernels.length + kernel) * builds.length + build
    const state: State = {
      verdict,
      ...(after !== undefined && { after }),
      ...(change !== undefined && { change }),
      ...(known && { known }),
    }
    cube[at] = states.index(state, JSON.stringify(state)) + 1
    guests[at] = cell.guests
    hosts[at] = subset(cell.hosts)
    images[at] = subset(cell.images)
  }
  const rowsOf = (numbers: Int32Array, table: ValueTable<number[]>) =>
    Array.from({ length: modes.length * kernels.length }, (_, row) => {
      const runs = toRuns([...numbers.subarray(row * builds.length, (row + 1) * builds.length)])
      return table.index(runs, runs.join())
    })
  const rows = rowsOf(cube, patterns)
  const loadRows = rowsOf(guests, loads)
  const parts = new ValueTable<number[]>()
  const some = subsets.values.length > 0
  return {
    states: states.values,
    patterns: patterns.values,
    rows,
    loads: loads.values,
    loadRows,
    subsets: subsets.values,
    ...(some && {
      parts: { hosts: rowsOf(hosts, parts), images: rowsOf(images, parts), patterns: parts.values },
    }),
  }
}
