/**
 * The files that a person gives: dropped, chosen, or a folder with all that is in it.
 * @module
 */
import type { GivenFile } from './messages.ts'

/** What is used of a folder that was chosen by the File System Access API. */
interface DirectoryHandle {
  readonly kind: 'directory'
  readonly name: string
  values(): AsyncIterable<DirectoryHandle | FileHandle>
}
interface FileHandle {
  readonly kind: 'file'
  readonly name: string
  getFile(): Promise<File>
}
type Picker = (options: { mode: 'read' }) => Promise<DirectoryHandle>

const picker = (window as { showDirectoryPicker?: Picker }).showDirectoryPicker

/** Whether folders are chosen by the File System Access API: it lists a folder while it is read, and uploads nothing. */
export const hasPicker = picker !== undefined

/** Lets a person choose a folder. Returns nothing where that is called off. */
export async function pickFolder(): Promise<GivenFile[]> {
  let folder: DirectoryHandle
  try {
    folder = await picker!.call(window, { mode: 'read' })
  } catch (error) {
    if ((error as Error).name === 'AbortError') return []
    throw error
  }
  return inOrder(await filesOfHandle(folder, folder.name))
}

async function filesOfHandle(folder: DirectoryHandle, path: string): Promise<GivenFile[]> {
  const files: GivenFile[] = []
  for await (const entry of folder.values()) {
    const address = `${path}/${entry.name}`
    if (entry.kind === 'directory') files.push(...(await filesOfHandle(entry, address)))
    else files.push({ file: await entry.getFile(), address, named: false })
  }
  return files
}

/** The files of an input; those of a folder know their paths. */
export function filesOfInput(list: FileList): GivenFile[] {
  const files = [...list].map(file => {
    const path = file.webkitRelativePath
    return path === '' ? named(file) : { file, address: path, named: false }
  })
  return files.some(({ named: isNamed }) => !isNamed) ? inOrder(files) : files
}

/** What was dropped: files, and folders with all that is in them. The list is only there until the event is over. */
export async function filesOfDrop(transfer: DataTransfer): Promise<GivenFile[]> {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null)
  if (entries.length === 0) return [...transfer.files].map(named)
  const files: GivenFile[] = []
  for (const entry of entries) {
    if (entry.isFile) files.push(named(await fileOf(entry as FileSystemFileEntry)))
    else files.push(...inOrder(await filesOfEntry(entry as FileSystemDirectoryEntry, entry.name)))
  }
  return files
}

const named = (file: File): GivenFile => ({ file, address: file.name, named: true })

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject))

async function filesOfEntry(folder: FileSystemDirectoryEntry, path: string): Promise<GivenFile[]> {
  const files: GivenFile[] = []
  const reader = folder.createReader()
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (entries.length === 0) return files
    for (const entry of entries) {
      const address = `${path}/${entry.name}`
      if (entry.isFile)
        files.push({ file: await fileOf(entry as FileSystemFileEntry), address, named: false })
      else files.push(...(await filesOfEntry(entry as FileSystemDirectoryEntry, address)))
    }
  }
}

/** As a walk of the command meets them: by name, folder by folder. */
function inOrder(files: GivenFile[]): GivenFile[] {
  const key = ({ address }: GivenFile) => address.split('/')
  return files.sort((a, b) => compare(key(a), key(b)))
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1
  }
  return a.length - b.length
}
