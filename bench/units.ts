/** How figures are written for people. */

/** Three digits, or all of a whole number's. */
export const digits = (value: number) =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))

export const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** `an image`, `a run`. */
export const oneOf = (item: string) => `${/^[aeiou]/.test(item) ? 'an' : 'a'} ${item}`
