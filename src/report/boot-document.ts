/** Which kernel a guest boots, for machines: one document a disk and path. */
import { insideVolume } from '../boot/guest-volumes.ts'
import type { FoundEntry, GuestWalk } from '../boot/guest-walk.ts'
import type { PygrubSpan } from '../boot/pygrub/spans.ts'
import type { PygrubWalk } from '../boot/walk.ts'

/** `{"image", "path": "pygrub", "answers": [...]}`: spans of releases, both ends inclusive. */
export const pygrubDocument = (image: string, answers: readonly PygrubWalk[]) => ({
  image,
  path: 'pygrub',
  answers: answers.map(pygrubAnswer),
})

function pygrubAnswer({
  since,
  until,
  python,
  outcome,
  kernel,
  ramdisk,
  args,
  error,
  undecided,
}: PygrubWalk): PygrubSpan {
  return {
    since,
    until,
    python,
    outcome,
    ...(kernel !== undefined && { kernel }),
    ...(ramdisk !== undefined && { ramdisk }),
    ...(args !== undefined && { args }),
    ...(error !== undefined && { error }),
    ...(undecided !== undefined && { undecided }),
  }
}

/** What a loader of the guest boots: its configuration, and the entry or why it is not decided. */
export function guestDocument(image: string, path: string, walk: GuestWalk | undefined, unread?: string) {
  if (walk === undefined) {
    return unread === undefined
      ? { image, path, outcome: 'nothing' as const }
      : { image, path, outcome: 'undecided' as const, undecided: unread }
  }
  const { candidates, choice, entry, undecided } = walk
  const { config, grammar, problems, remarks } = choice
  return {
    image,
    path,
    outcome:
      entry !== undefined
        ? ('boots' as const)
        : undecided !== undefined
          ? ('undecided' as const)
          : ('nothing' as const),
    config,
    grammar,
    ...(entry !== undefined && { entry: entryDocument(entry, walk) }),
    ...(undecided !== undefined && { undecided }),
    ...(candidates.length > 0 && { candidates: candidates.map(found => entryDocument(found, walk)) }),
    ...(remarks.length > 0 && { remarks }),
    ...(problems.length > 0 && { problems }),
  }
}

function entryDocument(
  { args, initrds, kernel, kind, missing, outcome, titles, volume }: FoundEntry,
  { volume: home }: GuestWalk,
) {
  return {
    titles,
    kind,
    ...(kernel !== undefined && { kernel }),
    // Where it is not on the configuration's own file system.
    ...(kernel !== undefined &&
      volume !== undefined &&
      volume !== home && { at: insideVolume(volume, kernel) }),
    ...(kernel !== undefined && volume === undefined && { missing: [kernel] }),
    initrds,
    ...(missing.length > 0 && { missing }),
    ...(args !== '' && { args }),
    ...(outcome !== undefined && { verdict: outcome }),
  }
}
