// A lab with one metal server: says what its sandbox is known by, then stays.
import { readlink } from 'node:fs/promises'
import { setInterval } from 'node:timers'
import { createMetal } from '../../lab/metal/metal.ts'

const metal = await createMetal()
await metal.installServer({
  id: 'server-1',
  name: 'host-1',
  zone: 'fr-par-1',
  hostname: 'host-1',
  address: '51.15.0.11',
  gateway: '51.15.0.1',
  mac: '02:00:00:00:00:01',
  user: 'root',
  authorizedKeys: [],
  userData: null,
  os: { name: 'Debian', version: '12' },
})
await metal.execOn('server-1', ['systemctl', 'is-system-running', '--wait'])
console.log(`${process.env['LAB_NAME']} ${await readlink('/proc/self/ns/net')}`)
setInterval(() => {}, 1000)
