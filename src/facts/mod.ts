/**
 * What kernel images say, whatever Xen reads them.
 * @module
 */
export type { Problem, ProblemCode } from '../problem.ts'
export { describeGuest, describeLayers } from './describe.ts'
export * from './facts.ts'
export { elfProblem } from './problem.ts'
