import { TextSetter } from '../report/text-setter.ts'
import { stdoutStyle } from './screen.ts'

/** Sets text for people on standard output. */
export const stdoutSetter = (): TextSetter => new TextSetter(stdoutStyle())
