import { WIDTH } from '../../report/text.ts'
import { TextSetter } from '../../report/text-setter.ts'

/** Text as where there is no terminal. */
export const plainStyle = { colour: false, width: WIDTH }

export const plainSetter = new TextSetter(plainStyle)
