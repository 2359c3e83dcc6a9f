/**
 * What a spreadsheet takes for a formula. Quotes do not stop it; an apostrophe in front does, which it takes for "this is
 * text". A text that has apostrophes before such a sign gets one too, so that whoever takes one off has it as it was.
 * @module
 */

/** The full-width signs are taken for the others. */
export const FORMULA = /^'*[=+\-@\uff1d\uff0b\uff0d\uff20]/
