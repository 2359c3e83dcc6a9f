// What releases of Xen do with one image. For all releases at once judgeSpans is many times faster.
import { createEngine, judge, openFile, readImage, reasonText, resolveTarget } from 'xen-preflight'

const [path, ...releases] = process.argv.slice(2)
const source = openFile(path)
const { facts } = readImage(createEngine('wasm'), source)
source.close()
for (const release of releases) {
  const { verdict, reason } = judge(facts, resolveTarget(release), 'pv-domU')
  console.log(`${release} ${verdict}: ${reasonText(reason)}`)
}
