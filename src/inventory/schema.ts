/**
 * The inventory's own format as a JSON Schema, from which schema/inventory.schema.json is made.
 * @module
 */
import { flag, NOT_BLANK, object, type Schema, text, texts } from '../document/schema.ts'
import { CODECS } from '../facts/facts.ts'
import { BOOT_MODES, BOOT_PATHS } from './host.ts'

const codec = (): Schema => ({ title: `one of ${CODECS.join(', ')}`, type: 'string', enum: [...CODECS] })

const details: Record<string, Schema> = {
  xen: text(
    'a Xen version such as 4.17.2',
    'The version as the host prints it, vendor suffix and all; in YAML without quotes.',
  ),
  labels: {
    title: 'a mapping of labels such as {rack: r12}',
    description: 'Anything that helps to tell hosts apart.',
    type: 'object',
    additionalProperties: { title: 'a text, a number, true or false', type: ['string', 'number', 'boolean'] },
  },
  modes: {
    title: `a list of boot modes (${BOOT_MODES.join(', ')})`,
    description: 'The boot modes that the host runs; all where absent.',
    type: 'array',
    minItems: 1,
    items: { title: `a boot mode (${BOOT_MODES.join(', ')})`, type: 'string', enum: [...BOOT_MODES] },
  },
  build: {
    ...object('full, or build options such as {pv32: false}', {
      pv: flag('CONFIG_PV of the hypervisor.'),
      pv32: flag('CONFIG_PV32 of the hypervisor: 32-bit PV guests.'),
      pvh: flag('CONFIG_HVM of the hypervisor: HVM guests, and so PVH ones.'),
      verbose: flag('CONFIG_VERBOSE_DEBUG of the hypervisor: its log has what it reads of a dom0 kernel.'),
      decoders: {
        ...object('a list of codecs, or a mapping such as {xz: false}', {}),
        description:
          'Decompressors of the toolstack. A list names all there are; a mapping, what differs from the default.',
        type: ['array', 'object'],
        items: codec(),
        properties: Object.fromEntries(
          CODECS.map(name => [name, flag(`Whether the toolstack unpacks ${name}.`)]),
        ),
      },
    }),
    description:
      "What was compiled in, or full for everything; what is absent is as the vendor's or a default build has it.",
    type: ['string', 'object'],
    pattern: '^full$',
  },
  capabilities: {
    ...object('capabilities such as {xen: [xen-3.0-x86_64]}', {
      xen: texts(
        'a capability such as xen-3.0-x86_64',
        'xen_caps of `xl info`, as a list or as the whole line.',
      ),
      virt: texts('a capability such as hvm', 'virt_caps of `xl info`, as a list or as the whole line.'),
    }),
    description: 'What the running Xen says that it can do; it wins over the default of its release.',
  },
  gates: {
    title: 'a mapping of gates such as {unknown-optional-feature: accepts}',
    description: 'Back-ports: behaviours of this host that differ from those of its release, by gate id.',
    type: 'object',
    additionalProperties: { title: 'a text, a number, true or false', type: ['string', 'number', 'boolean'] },
  },
  commandline: text('a command line', 'The command line of the hypervisor (xen_commandline of `xl info`).'),
  product: text('a product such as XenServer 6.5.0', 'The product that Xen came with.'),
  'patch-level': {
    title: 'a patch level such as 90233c',
    description: "The product's build, or Xen's changeset.",
    type: ['string', 'integer'],
    pattern: NOT_BLANK,
  },
}

const bootPath = (): Schema => ({
  title: `a boot path (${BOOT_PATHS.join(', ')})`,
  description:
    'Who loads the kernel: the toolstack, pygrub in dom0, a GRUB inside the guest, or firmware. A GRUB may have a version, as in pvgrub2@2.06.',
  type: 'string',
  pattern: `^(${BOOT_PATHS.join('|')})$|^(pv-grub|pvgrub|pvgrub2|pvhgrub)@\\S+$`,
})

const globs = (what: string) =>
  texts(`the name of a ${what}`, `Where the images run: ${what}s by name; * and ? stand for others.`)

export const hostSchema: Schema = {
  ...object('a host with a name', {
    name: text('the name of a host', 'The name of the host, once in an inventory.'),
    pool: texts(
      'the name of a pool',
      'The pools that the host belongs to; the first one that says something wins.',
    ),
    ...details,
  }),
  required: ['name'],
}

export const poolSchema: Schema = object('a pool', {
  members: texts(
    'the name of a host',
    'Hosts of the pool; one that is described nowhere else gets all from the pool.',
  ),
  ...details,
})

export const placementSchema: Schema = {
  ...object('images with a host or a pool', {
    host: globs('host'),
    pool: globs('pool'),
    images: texts(
      'a path, a glob, or sha256: and 64 hexadecimal digits',
      'The images: paths and globs as they are scanned, or digests of their content.',
      { pattern: '^(?!sha256:).*\\S|^sha256:[0-9a-fA-F]{64}$' },
    ),
    mode: { title: `a boot mode (${BOOT_MODES.join(', ')})`, type: 'string', enum: [...BOOT_MODES] },
    boot: bootPath(),
  }),
  required: ['images'],
  anyOf: [{ required: ['host'] }, { required: ['pool'] }],
}

export const guestSchema: Schema = {
  ...object('a guest with a name', {
    name: text(
      'the name of a guest',
      'The name of a guest. With name and host alone, * and ? stand for guests that other files describe.',
    ),
    host: texts('the name of a host', 'Where it runs, or may run; * and ? stand for others.'),
    type: { title: 'pv, pvh or hvm', type: 'string', enum: ['pv', 'pvh', 'hvm'] },
    boot: bootPath(),
    kernel: text('the path of a kernel', 'The file in dom0 that the toolstack loads.'),
    args: text('arguments for the kernel', 'What the toolstack adds to the arguments.'),
    disks: texts('the path of a disk', 'Its disks, by path or uuid; the one that it boots from comes first.'),
  }),
  required: ['name'],
}

export const inventorySchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  description:
    'The hosts of a fleet, the pools they form, which images run where, and which guests there are.',
  ...object('an inventory with hosts, pools, placements or guests', {
    hosts: { title: 'a list of hosts', type: 'array', items: hostSchema },
    pools: { title: 'a mapping of pools by name', type: 'object', additionalProperties: poolSchema },
    placements: { title: 'a list of placements', type: 'array', items: placementSchema },
    guests: { title: 'a list of guests', type: 'array', items: guestSchema },
  }),
}
