import { happened, type Sim } from '../engine/sim.ts'
import { ipv4Of, publicGateway } from './addresses.ts'
import { systemsOf } from './catalogue.ts'
import type { Install, Server } from './model.ts'

const seconds = { ping: 5, error: 95, install: 335, tail: 625, tailChance: 0.1 }

/**
 * to_install → installing → completed: not before the simulated time has passed, and not before the
 * world says that sshd answers.
 */
export function startInstall(sim: Sim, server: Server, afterSeconds: number): void {
  const { install } = server
  if (!install) return
  server.hidden.run += 1
  const { run } = server.hidden
  const current = () =>
    sim.store.servers.get(server.id) === server &&
    server.hidden.run === run &&
    server.status !== 'deleting'
  sim.clock.after(afterSeconds, `install server ${server.name}`, () => {
    if (current()) runInstall(sim, server, install, current)
  })
}

function runInstall(sim: Sim, server: Server, install: Install, current: () => boolean): void {
  const what = `installation of ${server.name}`
  install.status = 'installing'
  server.domain = `${server.id}.${server.zone}.baremetal.scw.cloud`
  server.updated_at = sim.clock.stamp()
  sim.clock.after(seconds.ping, `ping of ${server.name}`, () => {
    // The installer's environment answers: this says nothing about the system to come.
    if (current()) server.ping_status = 'ping_status_up'
  })
  if (sim.faults.take('installError', ({ serverMatch }) => suits(serverMatch, server))) {
    sim.clock.after(seconds.error, `failing ${what}`, () => {
      if (current()) install.status = 'error'
    })
    return
  }
  const stuck = sim.faults.take('installStuck', ({ serverMatch }) => suits(serverMatch, server))
  server.hidden.installed = true
  const effect = happened(sim, what, sim.world.installServer(machine(sim, server, install)))
  void effect.then((fine) => {
    if (!fine && current()) install.status = 'error'
  })
  sim.clock.after(duration(sim, stuck?.settings['minutes']), what, async () => {
    // `updated_at` stays: the real API does not touch it here.
    if ((await effect) && current()) install.status = 'completed'
  })
}

function machine(sim: Sim, server: Server, install: Install) {
  const os = systemsOf(server.zone).find(({ id }) => id === install.os_id)
  return {
    id: server.id,
    name: server.name,
    zone: server.zone,
    hostname: install.hostname === '' ? server.name : install.hostname,
    address: ipv4Of(server),
    gateway: publicGateway(sim),
    mac: server.hidden.mac,
    user: install.user,
    authorizedKeys: install.ssh_key_ids.flatMap((id) => {
      const key = sim.store.sshKeys.get(id)
      return key ? [key.public_key] : []
    }),
    userData: server.user_data === null ? null : Buffer.from(server.user_data, 'base64').toString(),
    os: { name: os?.name ?? '', version: os?.version ?? '' },
  }
}

function duration(sim: Sim, stuckMinutes: unknown): number {
  if (stuckMinutes !== undefined) return Number(stuckMinutes) * 60
  const slow = sim.config.jitter > 0 && sim.chance.random() < seconds.tailChance
  return slow ? seconds.tail : seconds.install
}

/** A fault's `serverMatch` is a regular expression on the name, or an id. */
export function suits(match: unknown, server: Server): boolean {
  if (match === undefined) return true
  return match === server.id || new RegExp(String(match)).test(server.name)
}
