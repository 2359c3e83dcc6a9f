/** Containers to the records of the kernels in them, on Node and Deno. */
import { ContainerReader } from '../read/read-container.ts'
import { thisMachine } from './machine.ts'

/** Reads all containers of this thread. */
export const reader = new ContainerReader(thisMachine)
