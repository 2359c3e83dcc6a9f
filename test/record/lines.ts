/** Lines of records for the tests of what reads them. */
import { RecordError } from '../../src/record/parse.ts'

/** A line with the members `more` before its facts, and `after` them. */
export const line = (image: string, more = '', facts = '"size":1', after = ''): string =>
  `{"image":${JSON.stringify(image)},"kind":"unknown"${more},"facts":{"version":1,${facts},"kind":"unknown","layers":[]}${after}}`

/** What parsing says, in words where it says no. */
export function outcome(parse: () => unknown) {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    return error.message
  }
}
