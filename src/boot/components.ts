/** The programs beside Xen of which something is known, with their versions and gates. */
import { pvGrub } from '../xen/boot-path/pv-grub.ts'
import type { Component } from '../xen/component.ts'
import { pvgrub2 } from '../xen/grub/pvgrub2.ts'
import { pvhgrub } from '../xen/grub/pvhgrub.ts'
import { pygrub } from './pygrub/pygrub.ts'

export const components: readonly Component[] = [pygrub, pvGrub, pvgrub2, pvhgrub]
