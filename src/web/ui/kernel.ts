/** One image: what it is, where it starts, what is wrong, and what to do. */
import { badge } from '../../page/badge.ts'
import { button, h } from '../../page/dom.ts'
import { modeWord } from '../../report/html/words.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import type { VerdictWord } from '../../xen/verdict.ts'
import type { KernelView, ModeView, Origin } from '../messages.ts'
import { type Image, type Session, save } from '../session.ts'
import { causesView } from './causes.ts'
import { hostsParts } from './fleet.ts'
import { matrixView } from './matrix.ts'
import { notesParts } from './notes.ts'
import { placeView } from './place.ts'
import { Repair } from './repair.ts'
import { folded } from './waiting.ts'
import { Walk } from './walk.ts'
import { answerText, sizeText } from './words.ts'

/** The name that people call an image by, and the path before it. */
export function nameParts(image: string): [path: string, name: string] {
  const at = image.lastIndexOf('/') + 1
  return [image.slice(0, at), image.slice(at)]
}

/** What the newest release says. */
const newest = ({ spans }: Pick<ModeView, 'spans'>): VerdictWord => spans.at(-1)!.verdict

/** Draws an image. */
export function kernelSection(session: Session, image: Image): HTMLElement {
  const { view } = image
  const [path, name] = nameParts(view.image)
  const what = [view.layers, view.guest, sizeText(view.size)].filter(part => part !== '').join(' · ')
  return h(
    'article',
    { class: 'kernel', 'aria-labelledby': 'kernel-name' },
    h('h2', { id: 'kernel-name', tabindex: '-1' }, path !== '' && h('small', {}, path), h('bdi', {}, name)),
    h('p', { class: 'what' }, what),
    ...problemParts(view),
    ...(view.answers === undefined ? [] : answerParts(session, image, view.answers)),
  )
}

function answerParts(
  session: Session,
  image: Image,
  answers: NonNullable<KernelView['answers']>,
): HTMLElement[] {
  const { view, origin } = image
  const { knowledge } = session
  const { json } = view
  const detail = h('div', { class: 'place', 'aria-live': 'polite' })
  const walk = new Walk(session, image)
  const explain = folded('The walk of a loader, step by step', 'Walking', async () => [walk.element])
  const go = (release: string, mode: BootModeName) => {
    explain.open = true
    walk.go(release, mode)
    explain.scrollIntoView()
  }
  return [
    h('h3', {}, 'Where it starts'),
    h(
      'dl',
      { class: 'answers' },
      ...answers.modes.map(mode => answer(modeWord[mode.mode], undefined, mode.spans)),
    ),
    matrixView(answers.modes, knowledge, place => {
      detail.replaceChildren(placeView(place, view, knowledge, release => go(release, place.mode.mode)))
    }),
    detail,
    ...(answers.causes.length === 0
      ? []
      : [h('h3', {}, 'What is wrong, and what to do'), causesView(answers.causes)]),
    h('h3', {}, "By a guest's own loader"),
    h(
      'dl',
      { class: 'answers' },
      ...answers.loaders.map(({ path, arch, spans }) => answer(LOADERS[path] ?? path, arch, spans)),
    ),
    ...(session.inventories.length === 0
      ? []
      : [
          folded('On your hosts', 'Asking the hosts', async () =>
            hostsParts(await session.ask('hosts', { json, inventories: session.inventories })),
          ),
        ]),
    ...(origin === undefined
      ? []
      : [
          folded('A kernel that starts there: repair it', 'Opening', async () => [
            new Repair(session, image, origin).element,
          ]),
        ]),
    explain,
    folded('Its notes', 'Decoding', async () =>
      notesParts(await session.ask('notes', { image: view.image, json })),
    ),
    folded('Its facts', 'Writing', async () => [
      h('pre', { class: 'log', tabindex: '0' }, JSON.stringify(JSON.parse(json), null, 2)),
    ]),
    takeAway(session, image),
  ]
}

const answer = (who: string, arch: string | undefined, spans: ModeView['spans']) =>
  h(
    'div',
    {},
    h('dt', {}, who, arch !== undefined && h('small', {}, ` ${arch}`)),
    h('dd', {}, badge(newest({ spans })), ` ${answerText(spans)}`),
  )

/** The paths whose loader is not the host's, by what people call them. */
const LOADERS: Readonly<Record<string, string>> = {
  pvgrub2: 'pvgrub2',
  'pv-grub': 'PV-GRUB',
  pvhgrub: 'pvhgrub',
}

/** What can be saved of an image. */
function takeAway(session: Session, { view, origin }: Image): HTMLElement {
  const [, name] = nameParts(view.image)
  const said = h('p', { role: 'status' })
  const records = [{ image: view.image, json: view.json }]
  const saveScan = async () => {
    const { version } = session.knowledge
    save(await session.ask('scan-report', { records, format: 'json', version }), `${name}.json`)
  }
  const saveElf = async ({ given, siblings, inside }: Origin) => {
    said.textContent = 'Unpacking …'
    const found = await session.ask('unpack', {
      given,
      siblings,
      ...(inside !== undefined && { inside }),
    })
    if ('fault' in found) said.textContent = found.fault
    else {
      said.textContent =
        found.remark ?? `Unpacked, with its checksums compared: ${sizeText(found.blob.size)}.`
      save(found.blob, `${name}.elf`)
    }
  }
  const tell = (work: Promise<void>) =>
    work.catch((error: Error) => {
      said.textContent = `It failed: ${error.message}`
    })
  return h(
    'div',
    { class: 'take-away' },
    h(
      'p',
      { class: 'fields' },
      button({ id: 'save-scan' }, () => tell(saveScan()), 'Save the verdicts (JSON)'),
      origin !== undefined &&
        view.layers !== 'ELF' &&
        button({ id: 'save-elf' }, () => tell(saveElf(origin)), 'Save the unpacked ELF'),
    ),
    said,
  )
}

function problemParts({ problem, remarks }: KernelView): HTMLElement[] {
  return [
    ...(problem === undefined
      ? []
      : [h('p', { class: 'problem', role: 'note' }, h('code', {}, problem.code), ` ${problem.message}`)]),
    ...remarks.map(remark => h('p', { class: 'note' }, remark)),
  ]
}
