import { createConnection, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Hub } from '../../../controller/hub/index.ts'
import type { Host } from './host.ts'

/** What the controller's tunnels do, without SSH: one connection to each agent, again when it ends. */
export function keepConnected(hub: Hub, hosts: readonly Host[]) {
  const closing = new AbortController()
  const refused = new Set<Host>()
  const open = new Map<Host, Socket>()
  const keep = async (host: Host) => {
    hub.admit(host.server, `token-of-${host.name}`)
    while (!closing.signal.aborted) {
      if (!refused.has(host)) {
        const connection = createConnection(host.socket)
        connection.on('error', () => undefined)
        connection.on('connect', () => {
          // As the relay says at the other end of the tunnel.
          connection.write('from 203.0.113.9\n')
          hub.attach(connection, host.server)
        })
        open.set(host, connection)
        await new Promise((resolve) => connection.once('close', resolve))
      }
      await pause(200)
    }
  }
  const kept = hosts.map(keep)
  const end = (some: readonly Host[]) => {
    for (const host of some) open.get(host)?.destroy()
  }
  return {
    allow(possible: boolean, some: readonly Host[]) {
      for (const host of some) {
        if (possible) refused.delete(host)
        else refused.add(host)
      }
      if (!possible) end(some)
    },
    async close() {
      closing.abort()
      end(hosts)
      await Promise.all(kept)
    },
  }
}
