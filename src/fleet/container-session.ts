/** Reading of one container on Node and Deno. */
import type { EngineName } from '../engine/engine.ts'
import type { ContainerOptions } from '../read/container-session.ts'
import { ContainerSession as Session } from '../read/container-session.ts'
import type { OpenSource } from '../source/source.ts'
import { thisMachine } from './machine.ts'

export type { ContainerOptions }

/** Reading of one container. Close it. */
export class ContainerSession extends Session {
  constructor(engine: EngineName, source: OpenSource, options: ContainerOptions) {
    super(thisMachine, engine, source, options)
  }
}
