/**
 * pygrub: the program in dom0 that takes kernel and initrd out of a guest's disk; the toolstack then loads them.
 * @module
 */
import type { Component, ComponentReader } from '../../xen/component.ts'
import { releases } from '../../xen/releases.ts'
import { configGates } from './gates/config.ts'
import { diskGates } from './gates/disk.ts'
import { programGates } from './gates/program.ts'

const gates = { ...programGates, ...diskGates, ...configGates }

export type PygrubGates = typeof gates
export type PygrubReader = ComponentReader<PygrubGates>

export const pygrub: Component<PygrubGates> = {
  name: 'pygrub',
  summary:
    "The program in dom0 that takes kernel and initrd out of a guest's disk, for the toolstack to load",
  versions: releases,
  repository: 'https://github.com/xen-project/xen',
  gates,
}
