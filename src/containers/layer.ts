/** One layer of a container, opened by what its bytes say that it is. */

import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import type { ArchiveEntry } from './archive/archive.ts'
import { readCpio } from './archive/cpio.ts'
import { readTar } from './archive/tar.ts'
import { openXva } from './archive/xva.ts'
import { readZip } from './archive/zip.ts'
import { ContainerError } from './container-error.ts'
import type { ContainerContext, DeclaredFormat } from './context.ts'
import { detectContainer } from './detect.ts'
import type { ArchiveFormat, Detected, DiskFormat, VolumeFormat } from './detect-head.ts'
import { type Disk, plainDisk } from './disk/disk.ts'
import { openQcow2 } from './disk/qcow2.ts'
import { openVhd } from './disk/vhd.ts'
import { openVhdx } from './disk/vhdx.ts'
import { openVmdk } from './disk/vmdk.ts'
import { StreamSource } from './envelope/stream.ts'
import { readUki } from './envelope/uki.ts'
import type { FileTree } from './file-tree.ts'
import { type ImageStore, openImageArchive, openImageLayout } from './image/images.ts'
import { readDeb } from './package/deb.ts'
import { applianceFiles, filesBeside } from './package/ovf.ts'
import { upToLastOfPackage } from './package/pacman.ts'
import { readRpm } from './package/rpm.ts'
import { openBsdLabel } from './volume/bsdlabel.ts'
import { gptSectorSize, openGpt } from './volume/gpt.ts'
import { openMbr } from './volume/mbr.ts'
import { openMd } from './volume/md.ts'
import type { VolumeTable } from './volume/volume.ts'

export type Layer =
  | { kind: 'disk'; format: string; disk: Disk }
  | { kind: 'volumes'; format: string; table: VolumeTable }
  | { kind: 'tree'; format: string; tree: FileTree }
  | {
      kind: 'archive'
      format: string /** All files of a package with `everywhere`, else those up to its last kernel. */
      entries: (everywhere: boolean) => Iterable<ArchiveEntry>
    }
  /** Container images. */
  | { kind: 'images'; format: string; store: ImageStore }
  | { kind: 'stream'; format: string; source: StreamSource }

/**
 * Opens what `source` starts with; nothing where it is no container. Throws a ContainerError for a container that is
 * broken or not read.
 */
export function openLayer(source: Source, context: ContainerContext): Layer | undefined {
  const { declared } = context
  if (declared?.source === source) return openDeclared(declared.format, source, context)
  const detected = detectContainer(source, { isDisk: 'snapshots' in source })
  return detected === undefined ? undefined : openDetected(detected, source, context)
}

/** A disk of the format that its store says, whatever it starts with. */
function openDeclared(format: DeclaredFormat, source: Source, context: ContainerContext): Layer {
  const detected = detectContainer(source)
  if (format !== 'raw') return { kind: 'disk', format, disk: openDisk(format, source, context) }
  if (detected?.kind === 'disk') {
    context.remark(`The image starts like ${detected.format} and is read as raw, as its store says.`)
  }
  return { kind: 'disk', format, disk: plainDisk('raw', source) }
}

export function openDetected(
  detected: Detected,
  source: Source,
  context: ContainerContext,
): Layer | undefined {
  const { kind, format } = detected
  switch (kind) {
    case 'disk':
      return { kind, format, disk: openDisk(format, source, context) }
    case 'volumes':
      return { kind, format, table: openVolumes(format, source, context) }
    case 'tree': {
      const tree = detected.fileSystem.open(source, context)
      for (const remark of tree.remarks) context.remark(remark)
      return { kind, format: tree.format, tree }
    }
    case 'stream':
      return { kind, format, source: new StreamSource(format, source, context) }
    case 'images': {
      const store = openImageLayout(source, context)
      return store === undefined ? undefined : { kind, format, store }
    }
    case 'archive': {
      const store = format === 'tar' ? openImageArchive(source, context) : undefined
      if (store !== undefined) return { kind: 'images', format: store.format, store }
      return { kind, format, entries: everywhere => readArchive(format, source, context, everywhere) }
    }
    case 'not-read':
      throw notRead(format, 'container-not-read')
  }
}

function readArchive(
  format: ArchiveFormat,
  source: Source,
  context: ContainerContext,
  everywhere: boolean,
): Iterable<ArchiveEntry> {
  switch (format) {
    case 'tar': {
      const entries = readTar(source, context.budget)
      return everywhere ? entries : upToLastOfPackage(entries, context)
    }
    case 'ova':
      return applianceFiles(readTar(source, context.budget), context)
    case 'ovf':
      return filesBeside(source, context)
    case 'cpio':
      return readCpio(source, context.budget)
    case 'zip':
      return readZip(source, context)
    case 'deb':
      return readDeb(source, context, everywhere)
    case 'rpm':
      return readRpm(source, context, everywhere)
    case 'uki':
      context.remark('No loader of Xen takes a unified kernel image: what is said is of the kernel in it.')
      return readUki(source, context.budget)
  }
}

function notRead(format: string, code: 'container-unsupported' | 'container-not-read'): ContainerError {
  return new ContainerError(
    code,
    format,
    `Cannot look into the container: its format ${format} is not read`,
    0,
  )
}

function openDisk(format: DiskFormat, source: Source, context: ContainerContext): Disk {
  switch (format) {
    case 'qcow2':
      return openQcow2(source, context, openBacking)
    case 'vhd':
      return openVhd(source, context)
    case 'vhdx':
      return openVhdx(source, context)
    case 'vmdk':
      return openVmdk(source, context)
  }
}

/** A backing file of a declared format is that and nothing else: a raw one may start like any other. */
function openBacking(format: string | undefined, source: Source, context: ContainerContext): Source {
  if (format === 'raw') return plainDisk('raw', source)
  if (format !== undefined && format in BACKING_FORMATS) {
    return openDisk(BACKING_FORMATS[format as keyof typeof BACKING_FORMATS], source, context)
  }
  const detected = detectContainer(source)
  if (detected?.kind !== 'disk') return plainDisk('raw', source)
  context.remark(
    `The image does not say the format of its backing file, which starts like ${detected.format}.`,
  )
  return openDisk(detected.format, source, context)
}

/** By the names that QEMU's drivers have. */
const BACKING_FORMATS = { qcow2: 'qcow2', vpc: 'vhd', vhdx: 'vhdx', vmdk: 'vmdk' } as const

function openVolumes(format: VolumeFormat, source: Source, { budget }: ContainerContext): VolumeTable {
  switch (format) {
    case 'mbr':
      return openMbr(source, budget)
    case 'gpt':
      return openGpt(source, gptSectorSize(readBytes(source, 0, 8192)) ?? 512, budget)
    case 'bsdlabel':
      return openBsdLabel(source, budget)
    case 'lvm2': {
      const size = source.size
      return { format, volumes: [{ name: 'disk', type: 'lvm2', size, open: () => source }] }
    }
    case 'xva':
      return openXva(source, budget)
    case 'md':
      return openMd(source, budget)
  }
}
