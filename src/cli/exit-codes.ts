/** Done, and nothing at or above the threshold. */
export const EXIT_DONE = 0
/** The tool could not do its work. */
export const EXIT_FAILED = 1
/** Findings at or above the threshold. */
export const EXIT_FINDINGS = 2
