import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dist } from '../whole/dist.ts'
import type { Lab } from '../whole/lab.ts'
import type { Cluster } from './cluster.ts'

/**
 * Prepares a lab for visitors: `/run/lab/env` sets the environment in which `edgectl` finds it and
 * has `edgectl` and `on` on its PATH. Answers how to look around.
 */
export async function leaveUp(lab: Lab, { provision, hosts }: Cluster): Promise<string> {
  const bin = join(lab.dir, 'bin')
  await mkdir(bin)
  await symlink(dist('cli/edgectl.mjs'), join(bin, 'edgectl'))
  await symlink(join(import.meta.dirname, 'on'), join(bin, 'on'))
  await chmod(bin, 0o755)
  const first = hosts[0]?.address ?? ''
  const env = {
    ...lab.env,
    PATH: `${bin}:${lab.env['PATH']}`,
    PS1: 'lab:\\w# ',
    LAB_HINT: `In the lab. Try: edgectl provision show ${provision}   on ${first} vtysh   (exit leaves it up)`,
  }
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(`${value}`)}`)
  await writeFile(join(lab.dir, 'env'), `${exports.join('\n')}\n`)
  const servers = hosts.map(({ address }) => `${address} ${lab.metal.server(address)?.pid}`)
  await writeFile(join(lab.dir, 'servers'), `${servers.join('\n')}\n`)
  const others = hosts.slice(1).map(({ address }) => address)
  return `
The cluster stays up. Look around from any terminal:
  scripts/demo --enter                                   a shell where the controller runs
  scripts/demo --enter edgectl provision show ${provision}
  scripts/demo --enter on ${first.padEnd(15)}                a shell on that server (also: ${others.join(', ')})
  scripts/demo --enter on ${first} vtysh -c 'show bgp l2vpn evpn summary'
Give it back with:
  scripts/demo --stop`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
