import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createNicFinder } from '../../../agent/health/nics.ts'

t.test('network cards are told from what software makes, as they come and go', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'nics-'))
  t.teardown(() => rm(root, { recursive: true }))
  const devices = join(root, 'class')
  await mkdir(devices)
  const plug = (name: string, place: string) =>
    symlink(`../../devices/${place}/net/${name}`, join(devices, name))
  const find = createNicFinder(devices)
  await plug('card1', 'pci0000:00/0000:00:1c.0')
  await plug('bridge4', 'virtual')
  await plug('scwpn', 'virtual')
  t.same(await find(), ['card1', 'scwpn'], 'the private network counts as one')
  await plug('card2', 'pci0000:00/0000:00:1d.0')
  t.same(await find(), ['card1', 'card2', 'scwpn'])
  await rm(join(devices, 'card1'))
  t.same(await find(), ['card2', 'scwpn'])
  await plug('card1', 'virtual')
  t.same(await find(), ['card2', 'scwpn'], 'a name that was gone is asked for again')
})
