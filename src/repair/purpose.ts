/** Where a repaired kernel boots, and where it does not any more. */
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
  'It differs from the file of its package: it does not match the checksums of a package manager or a registry'
const SIGNATURE = 'Its signature was removed, because it would be invalid: Secure Boot refuses the file'

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
            "Xen's loaders boot it. It no longer boots without them: a vmlinux has no start code for bare metal, UEFI and HVM guests",
          ]
        : []
    case 'bzimage-beside':
      return [
        `Its start code still decompresses the old payload (${codec}), with the old notes: it boots on bare metal, with UEFI and in HVM guests as before`,
      ]
    default:
      if (codec === form.payload && written?.inPlace === true && written.sameSize) {
        return [
          "It also boots without Xen's loaders: its start code finds the new payload in the place of the old one",
        ]
      }
      return [
        codec === form.payload
          ? "Xen's loaders boot it. It no longer boots without them: its start code knows the length of the old payload"
          : `Xen's loaders boot it. It no longer boots without them: its start code decompresses only ${codec}. Keep the old file for bare metal, UEFI and HVM guests`,
      ]
  }
}
