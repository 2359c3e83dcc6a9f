/** The three grammars of pygrub on any text, and what their releases differ in beyond the recorded disks. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseExtlinux } from '../../../src/boot/pygrub/extlinux.ts'
import { parseGrubLegacy } from '../../../src/boot/pygrub/grub-legacy.ts'
import { parseGrub2 } from '../../../src/boot/pygrub/grub2.ts'
import type { PygrubContext } from '../../../src/boot/pygrub/lines.ts'
import { pygrub } from '../../../src/boot/pygrub/pygrub.ts'
import { PythonError, PythonText } from '../../../src/boot/pygrub/python.ts'
import { ComponentReader } from '../../../src/xen/component.ts'

function context(release: string, python: 2 | 3 = 2): PygrubContext {
  return { ask: new ComponentReader(pygrub, pygrub.versions.indexOf(release)), text: new PythonText(python) }
}

const RELEASES = ['3.1.0', '4.0.0', '4.1.3', '4.2.0', '4.3.4', '4.13.0', '4.22.0']

test('any text gives a menu, or an exception of Python', () => {
  const line = fc.constantFrom(
    'title a',
    'kernel /k a=b',
    'root (hd0,0)',
    'root ()',
    'default 1',
    'default=saved',
    'menuentry "x" {',
    "menuentry 'y' --id z {",
    'submenu "s" {',
    '}',
    'set root=hd0,gpt1',
    'set a',
    'set default="1>2"',
    'linux16 /k',
    'function f {',
    'LABEL l',
    'APPEND initrd=/i ro',
    'KERNEL mboot.c32',
    'x'.repeat(300),
    '\x00\xff=\t',
    'splashimage=(',
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom(...RELEASES), (lines, release) => {
      for (const parse of [parseGrubLegacy, parseGrub2, parseExtlinux]) {
        try {
          expect(Array.isArray(parse(context(release), lines.join('\n')).entries)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(PythonError)
        }
      }
    }),
    { numRuns: 300 },
  )
})

describe('what releases differ in', () => {
  test('a quote in a value is a syntax error in 3.1.0 only', () => {
    const text = 'title a\nkernel /k x="y z"\n'
    expect(() => parseGrubLegacy(context('3.1.0'), text)).toThrow('SyntaxError: invalid syntax')
    expect(() => parseGrubLegacy(context('3.1.0'), 'title a\nkernel /k x="y"\n')).toThrow('SyntaxError')
    expect(parseGrubLegacy(context('3.2.0'), text).entries[0]).toMatchObject({
      kernel: '/k',
      args: 'x="y z"',
    })
  })

  test('white space of Python 3 is that of Unicode', () => {
    const text = 'title a\nkernel /k\u00a0x y\n'
    expect(parseGrubLegacy(context('4.22.0', 3), text).entries[0]).toMatchObject({
      kernel: '/k',
      args: 'x y',
    })
    expect(parseGrubLegacy(context('4.22.0', 2), text).entries[0]).toMatchObject({
      kernel: '/k\u00a0x',
      args: 'y',
    })
  })

  test('a splash image on a device that is no disk loses the file', () => {
    expect(() => parseGrubLegacy(context('4.22.0'), 'splashimage=(cd)/x\ntitle a\n')).toThrow('ValueError')
  })

  test('a title with options runs to the last quote, or to the first', () => {
    const text = "menuentry 'a' --class 'b' {\nlinux /k\n}\n"
    expect(parseGrub2(context('4.2.0'), text).entries[0]!.title).toBe("a' --class 'b")
    expect(parseGrub2(context('4.22.0'), text).entries[0]!.title).toBe('a')
  })
})
