/**
 * What `--build` says.
 * @module
 */
import { InvalidArgumentError } from 'commander'
import { BUILD_KEYS, type BuildFacts, mergeBuilds, parseBuildOption } from '../xen/build-option.ts'
import { isGateId } from '../xen/gates/gates.ts'
import { readOverrides } from '../xen/host-options.ts'

/** For who gives a gate of Xen as a fact of a build: where to say it, or why it cannot be said. */
function gateHint(part: string): string[] {
  const [, gate, value = ''] = /^(?:gates\.)?([\w-]+)(?:=(.*))?$/.exec(part) ?? []
  if (gate === undefined || !isGateId(gate)) return []
  const { problems } = readOverrides({ [gate]: value })
  if (problems.length > 0) return problems.map(({ message }) => message)
  return [`${gate} is a gate and no fact of a build: say it in an inventory, gates: {${gate}: ${value}}`]
}

/** Reads `full`, or `KEY=VALUE[,…]`, on top of what was said before. Throws an InvalidArgumentError. */
export function parseBuildFacts(text: string, before?: BuildFacts): BuildFacts {
  const { build, refused } = parseBuildOption(text)
  if (refused.length > 0) {
    const gates = refused.flatMap(gateHint)
    if (gates.length > 0) throw new InvalidArgumentError(`${gates.join('. ')}.`)
    throw new InvalidArgumentError(`expected ${BUILD_KEYS}, found ${refused.join(', ')}.`)
  }
  return mergeBuilds(build, before) ?? {}
}
