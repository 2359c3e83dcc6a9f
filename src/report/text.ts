/** Text on a terminal of 80 columns. */

/** The columns of a report on a terminal. */
export const WIDTH = 80

/** Cuts the front of a path that is too long: its end tells more. */
export const shortenPath = (path: string, width: number) =>
  path.length <= width ? path : `…${path.slice(path.length - width + 1)}`

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
