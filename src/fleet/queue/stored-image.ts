/** What a queue holds of an image: what is asked of its workers, and what they found. */
import type { RecordText } from '../../record/write.ts'
import { parseStored } from './commands.ts'

export interface JobData {
  reference: string
  /** It was named, and not met in a directory or a list. */
  named: boolean
}

interface StoredRecord extends Omit<RecordText, 'json'> {
  /** Of its JSON. */
  digest: string
}

/** What is stored of an image, under its reference. */
export interface StoredImage {
  job: string
  named: boolean
  records: StoredRecord[]
}

/** What the text of a stored image says; undefined where it says nothing. */
export const parseImage = (text: string): StoredImage | undefined =>
  parseStored(text) as StoredImage | undefined
