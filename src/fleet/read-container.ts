/** Containers to the records of the kernels in them, on Node and Deno. */
import { ContainerReader } from '../read/read-container.ts'
import type { FileReaders } from '../read/read-file.ts'
import { thisMachine } from './machine.ts'

const reader = new ContainerReader(thisMachine)

/** Reads what the container in `source` holds; nothing where it is none. `engine` unpacks the kernels. */
export const readContainer: FileReaders['readContainer'] = (...file) => reader.read(...file)
