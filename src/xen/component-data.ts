/**
 * What is known of a component, as plain data: each gate with the versions where its value holds, and where that was read.
 * @module
 */
import { type Component, componentTable } from './component.ts'

export interface ComponentSource {
  /** A tag of the component's repository. */
  ref: string
  file: string
  functions: string[]
  commit?: string
}

export interface ComponentSpan {
  since: string
  until: string
  value: unknown
}

export interface ComponentDescription {
  component: string
  summary: string
  repository: string
  versions: readonly string[]
  gates: { id: string; summary: string; spans: ComponentSpan[]; evidence: ComponentSource[] }[]
}

/** All that is known of a component, or what holds for one of its versions. */
export function describeComponent(component: Component, version?: string): ComponentDescription {
  const { name, summary, repository, versions, gates } = component
  const wanted = version === undefined ? undefined : versions.indexOf(version)
  return {
    component: name,
    summary,
    repository,
    versions: version === undefined ? versions : [version],
    gates: Object.entries(gates).map(([id, gate]) => ({
      id,
      summary: gate.summary,
      spans: spansOf(component, id).filter(
        ({ since, until }) =>
          wanted === undefined || (versions.indexOf(since) <= wanted && wanted <= versions.indexOf(until)),
      ),
      evidence: gate.evidence.map(readSource),
    })),
  }
}

function spansOf(component: Component, id: string): ComponentSpan[] {
  const { versions } = component
  const { values, last } = componentTable(component, component.gates[id]!)
  const spans: ComponentSpan[] = []
  for (let index = 0; index < versions.length; index = last[index]! + 1) {
    spans.push({ since: versions[index]!, until: versions[last[index]!]!, value: values[index] })
  }
  return spans
}

/** `ref file function[,function] [commit]`, `-` for no function. */
function readSource(line: string): ComponentSource {
  const [ref = '', file = '', functions = '-', commit] = line.split(' ')
  return {
    ref,
    file,
    functions: functions === '-' ? [] : functions.split(','),
    ...(commit !== undefined && { commit }),
  }
}
