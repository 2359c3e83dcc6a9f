// Domains of libvirt in XML, as `virsh dumpxml` prints them. Entities that a document declares are never expanded.

import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { byBootloader, type Guest, pathOfKernel } from '../guest.ts'
import { type Adapter, defined, emptyReading, type FileReading, leaveOutGuest } from './adapter.ts'

const LIMIT = 16 * 2 ** 20
const MAX_DEPTH = 64
const MAX_FAULTS = 20

export const libvirtDomain: Adapter = {
  id: 'libvirt-domain',
  reads: 'domains of libvirt in XML',

  recognises({ text }) {
    const start = text.slice(0, LIMIT)
    // What a host can do names types of domains, and describes none.
    return (
      /^\s*</.test(text) &&
      /<domain[\s>]/.test(start) &&
      !/<(?:capabilities|domainCapabilities)[\s>]/.test(start)
    )
  },

  read(content) {
    const { file } = content
    const reading = emptyReading(file, this.id)
    if (content.text.length > LIMIT) {
      const message = `expected at most ${LIMIT} characters, found ${content.text.length}`
      reading.problems.push({ code: 'too-large', severity: 'error', file, message })
      return reading
    }
    new DomainReader(reading).read(content.text)
    return reading
  },
}

/** What is gathered of one domain. */
interface Domain {
  line: number
  type: string
  texts: Map<string, string>
  machine: string
  disks: { path: string; order: number }[]
}

class DomainReader {
  readonly #reading: FileReading
  readonly #path: string[] = []
  #domain: Domain | undefined
  #disk: { path?: string; order?: number } | undefined
  #text = ''
  #faults = 0
  #stopped = false

  constructor(reading: FileReading) {
    this.#reading = reading
  }

  read(text: string) {
    const parser = new SaxesParser<{ fragment: true; position: true; xmlns: false }>({
      fragment: true,
      position: true,
      xmlns: false,
    })
    parser.on('error', error => this.#fault(parser.line, error.message.replace(/^\d+:\d+: /, '')))
    parser.on('opentag', tag => this.#open(tag, parser.line))
    parser.on('closetag', () => this.#close())
    parser.on('text', piece => {
      this.#text += piece
    })
    // Several documents may follow each other in one file.
    const pieces = text.replace(/<\?xml[^<>]*\?>/g, found => found.replace(/[^\n]/g, ' '))
    for (let at = 0; at < pieces.length && !this.#stopped; at += 65_536) {
      parser.write(pieces.slice(at, at + 65_536))
    }
    if (!this.#stopped) parser.close()
  }

  #fault(line: number, message: string) {
    this.#faults++
    if (this.#faults > MAX_FAULTS) this.#stopped = true
    else {
      const what = message.replace('undefined entity', 'entity that is not defined')
      this.#problem('syntax', line, `expected XML, found a fault: ${what}`)
    }
  }

  #problem(code: 'syntax' | 'too-deep' | 'not-xen', line: number, message: string) {
    const severity = code === 'not-xen' ? ('warning' as const) : ('error' as const)
    this.#reading.problems.push({ code, severity, file: this.#reading.file, line, message })
  }

  #open({ name, attributes }: SaxesTagPlain, line: number) {
    if (this.#stopped) return
    this.#path.push(name)
    this.#text = ''
    if (this.#path.length > MAX_DEPTH) {
      this.#problem('too-deep', line, `expected at most ${MAX_DEPTH} elements in each other, found more`)
      this.#stopped = true
      return
    }
    if (name === 'domain' && this.#domain === undefined) {
      if (this.#path.includes('domainsnapshot')) this.#reading.passedOver.snapshots++
      else {
        this.#domain = { line, type: attributes.type ?? '', texts: new Map(), machine: '', disks: [] }
        this.#path.splice(0, this.#path.length, 'domain')
      }
    }
    if (this.#domain === undefined) return
    const place = this.#path.slice(1).join('/')
    if (place === 'os/type') this.#domain.machine = attributes.machine ?? ''
    if (place === 'devices/disk') this.#disk = {}
    if (this.#disk === undefined) return
    if (place === 'devices/disk/source') {
      const path = attributes.file ?? attributes.dev ?? attributes.name ?? attributes.volume
      if (path !== undefined && path !== '') this.#disk.path = path
    } else if (place === 'devices/disk/boot') this.#disk.order = Number(attributes.order)
  }

  #close() {
    if (this.#stopped) return
    const domain = this.#domain
    const place = this.#path.slice(1).join('/')
    if (domain !== undefined) {
      const text = this.#text.trim()
      if (TEXTS.has(place) && text !== '' && !domain.texts.has(place)) domain.texts.set(place, text)
      if (place === 'devices/disk') {
        const { path, order = Number.POSITIVE_INFINITY } = this.#disk ?? {}
        if (path !== undefined) domain.disks.push({ path, order })
        this.#disk = undefined
      }
      if (this.#path.length === 1) {
        this.#add(domain)
        this.#domain = undefined
      }
    }
    this.#text = ''
    this.#path.pop()
  }

  #add(domain: Domain) {
    const { line, texts, type } = domain
    const name = texts.get('name') ?? this.#reading.file
    const reading = this.#reading
    if (type === 'xen') {
      const guest = typeOf(domain)
      if (guest !== undefined) reading.guests.push(guestOf(domain, name, reading.file, guest))
      else {
        const found = [texts.get('os/type') ?? 'linux', domain.machine].filter(Boolean).join(' on ')
        leaveOutGuest(reading, name, line, 'linux, xenpvh or hvm as os/type', found)
      }
    } else {
      const found = type === '' ? 'a domain without a type' : `one of ${type}`
      this.#problem('not-xen', line, `expected a domain of type xen for ${name}, found ${found}`)
    }
  }
}

/** The elements whose text counts. */
const TEXTS: ReadonlySet<string> = new Set([
  'name',
  'uuid',
  'bootloader',
  'bootloader_args',
  'os/type',
  'os/kernel',
  'os/initrd',
  'os/cmdline',
  'os/loader',
])

/** HVM has many machines, PV and PVH have one each. */
function typeOf({ texts, machine }: Domain): Guest['type'] | undefined {
  const osType = texts.get('os/type') ?? 'linux'
  if (osType === 'hvm') return machine === 'xenpvh' ? 'pvh' : 'hvm'
  if (!/^(?:linux|xen|(?:xen)?pvh)$/.test(osType) || !/^(?:xenpvh?)?$/.test(machine)) return undefined
  return osType.endsWith('pvh') || machine === 'xenpvh' ? 'pvh' : 'pv'
}

function guestOf({ line, texts, disks }: Domain, name: string, file: string, type: Guest['type']): Guest {
  // The disk with the lowest boot order comes first, and the order of the document is kept otherwise.
  const inOrder = [...disks].sort((a, b) => (a.order === b.order ? 0 : a.order - b.order))
  const guest = {
    name,
    uuid: texts.get('uuid'),
    type,
    disks: inOrder.map(({ path }) => path),
    args: texts.get('os/cmdline'),
    source: { file, line, adapter: 'libvirt-domain' },
  }
  if (type === 'hvm') {
    const boot = /ovmf|uefi/i.test(texts.get('os/loader') ?? '') ? 'ovmf' : 'hvm'
    return defined<Guest>({ ...guest, boot })
  }
  const bootloader = texts.get('bootloader')
  const kernel = texts.get('os/kernel')
  if (bootloader !== undefined) {
    return defined<Guest>({
      ...guest,
      ...byBootloader(bootloader),
      kernelInside: kernel,
    })
  }
  if (kernel !== undefined) return defined<Guest>({ ...guest, boot: pathOfKernel(kernel), kernel })
  // libvirt's Xen driver takes pygrub for a PV domain that names neither.
  if (type === 'pv') return defined<Guest>({ ...guest, boot: 'pygrub' })
  return defined<Guest>({ ...guest, boot: 'direct', fault: 'nothing-to-boot' })
}
