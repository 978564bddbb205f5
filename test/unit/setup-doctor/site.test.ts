import { join } from 'node:path'
import t from 'tap'
import { placesBelow } from '../../../controller/cli/doctor/site.ts'

t.test('a stage has all its places below it, wherever it is named from', async (t) => {
  const stage = join(process.cwd(), 'stage')
  for (const directory of ['stage', './stage/', stage]) {
    const { stage: told, ...places } = placesBelow(directory)
    t.equal(told, stage)
    for (const place of Object.values(places)) t.ok(place.startsWith(`${stage}/`), place)
  }
})

t.test('the root is this machine itself, however it is written', async (t) => {
  for (const directory of ['/', '//', '/tmp/..'])
    t.match(placesBelow(directory), { stage: undefined, onedConf: '/etc/one/oned.conf' })
})
