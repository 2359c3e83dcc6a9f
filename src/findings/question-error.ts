/** Raised where a person asks what cannot be asked: for an unknown release, say. Its message tells them why. */
export class QuestionError extends Error {
  override name = 'QuestionError'
}
