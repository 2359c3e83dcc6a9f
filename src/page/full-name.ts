/** What a kernel is called. No DOM. */
import type { PageKernel } from '../report/html/data.ts'

export const fullName = ({ lead, tail }: Pick<PageKernel, 'lead' | 'tail'>) => lead + tail
