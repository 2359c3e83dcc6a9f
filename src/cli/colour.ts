/** Whether colours are wanted on standard output: a terminal, and nobody said no (no-color.org). */
export const wantsColour = (): boolean => process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === ''
