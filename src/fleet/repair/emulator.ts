/**
 * Boots kernels in QEMU up to their first lines on the console: as PVH by QEMU's own loader, and as dom0 of a real Xen.
 * @module
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { RepairError } from '../../repair/prove.ts'
import { systemReason } from '../../source/node/system-problem.ts'
import type { Source } from '../../source/source.ts'

const QEMU = 'qemu-system-x86_64'
/** Emulated, a kernel takes 5 to 30 seconds to its last line without a disk. */
const DEFAULT_LIMIT = 180_000
/** More console text than this is not kept. */
const MAX_TEXT = 2 ** 20
const STEP = 2 ** 20
/** Linux is past its start when it looks for its root, or starts what is on it. */
const BEYOND =
  /Run \/\w+ as init process|VFS: (?:Unable to mount|Cannot open) root|Kernel panic - not syncing/
const PANIC = /\(XEN\) Panic on CPU|Kernel panic - not syncing(?!: VFS: Unable to mount root)/

/** What a kernel said on its console. */
export interface BootTranscript {
  /** `PVH by QEMU`. */
  how: string
  /** The first line of the kernel. */
  version: string
  /** How many lines it wrote, and the last that says how far it came. */
  lines: number
  last: string
}

export interface BootRequest {
  how: string
  args: readonly string[]
  /** In milliseconds. */
  limit?: number
}

/**
 * Runs QEMU until the kernel has come as far as it can without a disk. Throws a RepairError where QEMU is not there, or where
 * the kernel does not say its version.
 */
export async function bootInEmulator({
  how,
  args,
  limit = DEFAULT_LIMIT,
}: BootRequest): Promise<BootTranscript> {
  const text = await runQemu(args, limit)
  const lines = text.trimEnd().split(/\r?\n/)
  const at = lines.findIndex(line => line.includes('Linux version '))
  const panic = lines.find(line => PANIC.test(line))
  if (at === -1) {
    const said = lines.findLast(line => line.trim() !== '') ?? 'nothing'
    throw new RepairError(
      `Cannot boot the kernel as ${how}: the last line of the console is ${JSON.stringify(said)}`,
    )
  }
  const beyond = lines.findLast(line => BEYOND.test(line))
  const last = beyond ?? panic ?? lines.findLast(line => line.trim() !== '')!
  return { how, version: plain(lines[at]!), lines: lines.length - at, last: plain(last) }
}

/** A line of the kernel without its time. */
const plain = (line: string) => line.replace(/^.*?\[\s*\d+\.\d+\]\s*/, '').trim()

function runQemu(args: readonly string[], limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      QEMU,
      ['-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-no-reboot', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let text = ''
    let errors = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), limit)
    child.stdout.setEncoding('latin1').on('data', (part: string) => {
      if (text.length < MAX_TEXT) text += part
      const came = text.slice(text.indexOf('Linux version '))
      if (text.includes('Linux version ') && BEYOND.test(came) && came.endsWith('\n')) child.kill('SIGKILL')
      else if (/\(XEN\) Panic on CPU[\s\S]*\(XEN\) \*{4,}/.test(text)) child.kill('SIGKILL')
    })
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      if (errors.length < MAX_TEXT) errors += part
    })
    child.on('error', error => {
      clearTimeout(timer)
      reject(
        new RepairError(
          `Cannot boot the kernel: ${QEMU} does not start, the system says ${systemReason(error)}`,
        ),
      )
    })
    child.on('close', () => {
      clearTimeout(timer)
      if (text === '' && errors !== '') reject(new RepairError(`Cannot boot the kernel: ${errors.trim()}`))
      else resolve(text)
    })
  })
}

/** How QEMU's own PVH loader is called; it takes bare ELF files only. */
export const pvhRequest = (vmlinux: string): BootRequest => ({
  how: 'PVH by QEMU',
  args: ['-m', '1024', '-kernel', vmlinux, '-append', 'console=ttyS0 earlyprintk=serial panic=-1'],
})

/** How a Xen that is an ELF file, as its multiboot loader wants it, starts the kernel as dom0. */
export const dom0Request = (xen: string, kernel: string, guest: 'pv' | 'pvh'): BootRequest => ({
  how: `${guest.toUpperCase()} dom0 by Xen`,
  args: [
    ...['-m', '1536', '-kernel', xen, '-append'],
    `console=com1 com1=115200,8n1 dom0_mem=768M dom0=${guest} noreboot`,
    // QEMU cuts the list of modules at commas, and has them doubled in names.
    ...['-initrd', `${kernel.replaceAll(',', ',,')} console=hvc0 earlyprintk=xen panic=-1`],
  ],
})

/** A directory for what is booted, which is removed after `use`. */
export async function withScratch<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-boot-'))
  try {
    return await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Writes the ELF of a kernel, or of a Xen that is packed by gzip, where QEMU can load it. */
export function writeElf(elf: Source, path: string): void {
  const fd = openSync(path, 'wx')
  try {
    const buffer = new Uint8Array(STEP)
    for (let position = 0; position < elf.size; ) {
      const length = elf.read(buffer, position)
      if (length === 0) break
      writeSync(fd, buffer, 0, length)
      position += length
    }
  } finally {
    closeSync(fd)
  }
}

/** Unpacks `xen.gz`. Throws a RepairError where it cannot be read. */
export function unpackXen(from: string, to: string): void {
  try {
    const bytes = readFileSync(from)
    writeFileSync(to, bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes)
  } catch (error) {
    throw new RepairError(`Cannot read the hypervisor ${from}: the system says ${systemReason(error)}`)
  }
}
