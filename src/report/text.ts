/** Text on a terminal. */

/** The columns of a report where there is no terminal. */
export const WIDTH = 80

/** Narrower than this nothing is set: words would be cut to pieces. */
export const LEAST_WIDTH = 40

/** Breaks text at spaces into lines of at most `width`; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
