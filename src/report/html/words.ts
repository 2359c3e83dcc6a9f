/**
 * How a cell looks and what it is called, in the document and in its script alike. Each look has a sign of
 * its own that every font has, so that no colour is the only sign.
 * @module
 */
import type { Change } from '../../findings/model.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import type { Stage, VerdictWord } from '../../xen/verdict.ts'

/** What a cell shows: an answer, or what becomes of it. */
export type Look = VerdictWord | Exclude<Change, 'uncertain'>

/** Worst first: this is also the order in bars, and which of several looks wins. */
export const looks: readonly Look[] = [
  'breaks',
  'refuses',
  'still-broken',
  'uncertain',
  'fixed',
  'accepts',
  'still-fine',
  'unavailable',
  'not-asked',
]

export const lookSign: Record<Look, string> = {
  breaks: '▼',
  refuses: '×',
  'still-broken': '×',
  uncertain: '?',
  fixed: '▲',
  accepts: '•',
  'still-fine': '•',
  unavailable: '–',
  'not-asked': '○',
}

export const lookWord: Record<Look, string> = {
  breaks: 'breaks',
  refuses: 'refused',
  'still-broken': 'still refused',
  uncertain: 'uncertain',
  fixed: 'fixed',
  accepts: 'accepted',
  'still-fine': 'still accepted',
  unavailable: 'unavailable',
  'not-asked': 'not asked',
}

/** For legends. */
export const lookMeaning: Record<Look, string> = {
  breaks: 'The loader takes it today, and refuses it afterwards',
  refuses: 'The loader refuses the kernel',
  'still-broken': 'The loader refuses it today, and afterwards too',
  uncertain: 'What the loader does is not defined, or not known',
  fixed: 'The loader refuses it today, and takes it afterwards',
  accepts: 'The loader takes the kernel',
  'still-fine': 'The loader takes it today, and afterwards too',
  unavailable: 'The release does not have this boot mode',
  'not-asked': 'The guest boots by firmware or a loader that is not part of Xen',
}

export const modeWord: Record<BootModeName, string> = {
  'pv-domU': 'PV domU',
  'pv-dom0': 'PV dom0',
  'pvh-domU': 'PVH domU',
  'pvh-dom0': 'PVH dom0',
}

/** What a loader does where it stops. */
export const stageWord: Record<Stage, string> = {
  read: 'reading the file',
  parse: 'looking for a loader that takes the kernel',
  'guest-type': 'checking the type of the guest',
  bzimage_parse: 'unpacking the bzImage',
  init: 'preparing the image',
  elf_init: 'reading the ELF header',
  elf_xen_parse: 'reading the Xen notes',
  check: 'checking what the notes ask for',
}
