/**
 * Configurations of bootloaders, as far as looking for kernels goes: where they lie, and which files they name. What
 * boots is for the models of the loaders to say.
 */
import { readBytes } from '../source/memory.ts'
import type { DirectoryEntry, FileTree } from './file-tree.ts'
import { type FoundPath, findEntry, findPath } from './path.ts'

/** Of syslinux, extlinux and isolinux, in the order in which they are looked for. */
export const SYSLINUX_FILES: readonly string[] = [
  '/boot/extlinux/extlinux.conf',
  '/extlinux/extlinux.conf',
  '/boot/extlinux.conf',
  '/extlinux.conf',
  '/boot/syslinux/syslinux.cfg',
  '/syslinux/syslinux.cfg',
  '/syslinux.cfg',
  '/boot/isolinux/isolinux.cfg',
  '/isolinux/isolinux.cfg',
  '/isolinux.cfg',
]

/** In the order in which `extract --config` takes them: GRUB 2, GRUB, syslinux and its kin. */
export const CONFIG_FILES: readonly string[] = [
  '/boot/grub/grub.cfg',
  '/boot/grub2/grub.cfg',
  '/grub/grub.cfg',
  '/grub2/grub.cfg',
  '/boot/grub/menu.lst',
  '/boot/grub/grub.conf',
  '/grub/menu.lst',
  '/grub/grub.conf',
  ...SYSLINUX_FILES,
]
/** Folders of entries after the Boot Loader Specification. */
const ENTRY_FOLDERS = ['/loader/entries', '/boot/loader/entries']
const MAX_CONFIG = 2 ** 20
const MAX_ENTRIES = 256
const MAX_NAMES = 256

/** Commands whose first argument is a kernel or what a hypervisor loads after it, in any of the grammars. */
const COMMAND =
  /^[ \t]*(?:linux|linux16|linuxefi|kernel|xen_hypervisor|xen_module|multiboot2?|module2?|chainloader|efi|uki)[ \t]+(?:--\S+[ \t]+)*("[^"]*"|'[^']*'|\S+)/gim
/** A device before a path of GRUB: `(hd0,msdos1)`, `($root)`. */
const DEVICE = /^\([^)]*\)/

/** The first configuration that the tree has, from the directory `root` on. Throws a ContainerError. */
export function findConfig(tree: FileTree, root: readonly string[] = []): FoundPath | undefined {
  for (const path of CONFIG_FILES) {
    const found = findPath(tree, path, { root })
    if (found?.node.kind === 'file') return found
  }
  return undefined
}

/** The files that the configurations of a tree name and that are in it, from the directory `root` on. Throws a ContainerError. */
export function* namedFiles(tree: FileTree, root: readonly string[] = []): Generator<FoundPath> {
  const names = new Set<string>()
  for (const config of configsOf(tree, root)) {
    if (config.node.size > MAX_CONFIG) continue
    const text = new TextDecoder().decode(readBytes(tree.open(config.node), 0, config.node.size))
    for (const name of namesIn(text)) {
      // syslinux looks from the directory of its configuration on.
      const folder = config.names.slice(root.length, -1).join('/')
      names.add(name.startsWith('/') ? name : `/${folder}/${name}`)
      if (names.size === MAX_NAMES) break
    }
  }
  for (const name of names) {
    const found = findPath(tree, name, { root })
    if (found?.node.kind === 'file') yield found
  }
}

function* configsOf(tree: FileTree, root: readonly string[]): Generator<FoundPath> {
  for (const path of CONFIG_FILES) {
    const found = findPath(tree, path, { root })
    if (found?.node.kind === 'file') yield found
  }
  for (const path of ENTRY_FOLDERS) {
    const folder = findPath(tree, path, { root })
    if (folder?.node.kind !== 'directory') continue
    const entries: DirectoryEntry[] = []
    for (const entry of tree.list(folder.node)) {
      if (entry.name.endsWith('.conf')) entries.push(entry)
      if (entries.length === MAX_ENTRIES) break
    }
    for (const { name } of entries) {
      const node = findEntry(tree, folder.node, name)
      if (node?.kind === 'file') yield { node, names: [...folder.names, name], links: folder.links }
    }
  }
}

/** What the lines of a configuration name: paths without variables. */
function* namesIn(text: string): Generator<string> {
  for (const [, argument = ''] of text.matchAll(COMMAND)) {
    const name = argument.replace(/^["']|["']$/g, '').replace(DEVICE, '')
    if (name !== '' && !name.includes('$') && !name.includes('\0')) yield name
  }
}
