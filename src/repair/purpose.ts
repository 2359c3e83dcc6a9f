/** What a repaired kernel is good for, and what it is not any more. */
import type { Facts } from '../facts/facts.ts'
import type { Form } from './form.ts'

/** What is known once the file was written; a plan alone says less. */
export interface Written {
  inPlace: boolean
  wasSigned: boolean
  /** Its ELF has as many bytes as before. */
  sameSize: boolean
}

const PACKAGE =
  'It is no longer the file of its package: checksums that a package manager or a registry keeps will differ'
const SIGNATURE = 'Its signature was left out, because it would be void: Secure Boot does not take it'

/** Sentences for a person who is about to put the file to use. */
export function purposeOf(form: Form, before: Facts, written?: Written): string[] {
  const sentences = [...startOf(form, before, written), PACKAGE]
  if (written?.wasSigned === true) sentences.push(SIGNATURE)
  return sentences
}

function startOf(form: Form, before: Facts, written: Written | undefined): string[] {
  const inner = before.layers[1]
  const codec = inner?.kind === 'stream' ? inner.codec : 'a bare ELF'
  switch (form.kind) {
    case 'same':
      return []
    case 'elf':
    case 'gzip':
      return before.kind === 'bzimage'
        ? [
            "It starts by Xen's loaders, and no longer by itself: a vmlinux has no start code for the bare machine, UEFI and HVM guests",
          ]
        : []
    case 'bzimage-beside':
      return [
        `Its own start code unpacks the old payload (${codec}), which is still there: on the bare machine, by UEFI and in HVM guests it starts as before, with the notes that it had`,
      ]
    default:
      if (codec === form.payload && written?.inPlace === true && written.sameSize) {
        return ['It still starts by itself, too: its start code finds the payload where the old one was']
      }
      return [
        codec === form.payload
          ? "It starts by Xen's loaders, and no longer by itself: its start code knows the length of the old payload"
          : `It starts by Xen's loaders, and no longer by itself: its start code unpacks ${codec} alone. Keep the old file for the bare machine, UEFI and HVM guests`,
      ]
  }
}
