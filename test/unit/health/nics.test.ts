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
  await plug('enp1s0', 'pci0000:00/0000:00:1c.0')
  await plug('onebr4', 'virtual')
  await plug('scwpn', 'virtual')
  t.same(await find(), ['enp1s0', 'scwpn'], 'the private network counts as one')
  await plug('enp2s0', 'pci0000:00/0000:00:1d.0')
  t.same(await find(), ['enp1s0', 'enp2s0', 'scwpn'])
  await rm(join(devices, 'enp1s0'))
  t.same(await find(), ['enp2s0', 'scwpn'])
  await plug('enp1s0', 'virtual')
  t.same(await find(), ['enp2s0', 'scwpn'], 'a name that was gone is asked for again')
})
