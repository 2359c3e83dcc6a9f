/** Text on a terminal. */

/** The columns of a report where there is no terminal. */
export const WIDTH = 80

/** Narrower than this nothing is set: words would be cut to pieces. */
export const LEAST_WIDTH = 40
