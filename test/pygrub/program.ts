/** Debian's pygrub, run from its unpacked package by the Python of its own suite. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fetchPackages, type Series } from '../debian.ts'

/** The Python of each suite. */
const PYTHONS: Readonly<Record<Series, string>> = { '4.14': '3.9', '4.17': '3.11', '4.20': '3.13' }
const LIBRARIES = ['libncursesw6', 'libtinfo6', 'libexpat1', 'libcom-err2', 'zlib1g']
/** Libraries whose packages have another name in another suite. */
const OTHERS: Readonly<Record<Series, readonly string[]>> = {
  '4.14': ['libext2fs2', 'libffi7'],
  '4.17': ['libext2fs2', 'libffi8'],
  // Newer than this machine's C library may be.
  '4.20': ['libext2fs2t64', 'libffi8', 'libc6'],
}

/** One series' pygrub, ready to run. */
export interface Program {
  /** The version of the package. */
  version: string
  /** Whether the package's build looks for the kernels of Solaris. */
  solaris: boolean
  command: string
  words: string[]
  environment: Record<string, string>
  output: string
}

/** What pygrub says of a disk: the contents of the files that it copies, or the last line of its error. */
export interface Said {
  kernel?: string
  ramdisk?: string
  args?: string
  error?: string
}

/** Fetches and unpacks a series' pygrub below `work`. Throws where apt-get fails. */
export function fetchProgram(series: Series, work: string): Program {
  const python = PYTHONS[series]
  const names = [
    `xen-utils-${series}`,
    `libxenmisc${series}`,
    ...['', 'lib'].map(prefix => `${prefix}python${python}-minimal`),
    `libpython${python}-stdlib`,
    ...LIBRARIES,
    ...OTHERS[series],
  ]
  const { root, version, libraries, loader } = fetchPackages(join(work, series), series, names)
  const home = join(root, `usr/lib/xen-${series}`)
  const own = join(home, 'lib/x86_64-linux-gnu')
  const script = join(home, 'bin/pygrub')
  const output = mkdtempSync(join(work, 'output-'))
  return {
    version,
    solaris: readFileSync(script, 'utf8').includes('sniff_solaris'),
    command: loader,
    words: [
      '--library-path',
      `${own}:${libraries}`,
      join(root, `usr/bin/python${python}`),
      '-W',
      'ignore',
      script,
    ],
    environment: {
      PYTHONHOME: join(root, 'usr'),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
      XEN_FSIMAGE_FSDIR: join(own, 'xenfsimage'),
      // Of releases before the name was changed.
      FSIMAGE_FSDIR: join(own, 'xenfsimage'),
    },
    output,
  }
}

/** Runs pygrub on a disk, with `options` of its command line. Throws where it ends in a way that pygrub never does. */
export function askProgram(program: Program, disk: string, options: readonly string[]): Said {
  const { status, stdout, stderr, error } = spawnSync(
    program.command,
    [
      ...program.words,
      '-q',
      '--output-format=simple0',
      `--output-directory=${program.output}`,
      ...options,
      disk,
    ],
    { env: program.environment, encoding: 'utf8' },
  )
  if (error !== undefined) throw error
  try {
    if (status !== 0) {
      const last = stderr.trimEnd().split('\n').at(-1)!
      if (last === '' || /ImportError|ModuleNotFoundError/.test(last))
        throw new Error(`Cannot run pygrub of ${program.version}: it ended with ${status}: ${stderr}`)
      return { error: last }
    }
    const said: Said = {}
    for (const field of stdout.slice(stdout.indexOf('kernel ')).split('\0')) {
      const [, name, value] = /^(kernel|ramdisk|args) (.*)$/s.exec(field) ?? []
      if (name === 'args') said.args = value!
      else if (name === 'kernel' || name === 'ramdisk') {
        // libext2fs gives the whole of the inode's space for a file that lies in it.
        said[name] = readFileSync(value!, 'utf8').replace(/\0+$/, '')
      }
    }
    return said
  } finally {
    for (const name of readdirSync(program.output)) rmSync(join(program.output, name))
  }
}
