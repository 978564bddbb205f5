import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type NicHealth, underlayName } from '../../lib/contract/index.ts'

/** More cards than a server has; the report's size must not depend on what is found. */
const mostNics = 16

export type NicCounters = Omit<NicHealth, 'errorsLastMinute'>

/**
 * Finds the names of the network cards among `devices` (/sys/class/net), of the device of the default
 * route and of the private network. Each new device costs a system call, and a full host has thousands,
 * so what a name stands for is asked once as long as it is there.
 */
export function createNicFinder(devices: string): () => Promise<string[]> {
  let known = new Map<string, boolean>()
  return async () => {
    const names = await readdir(devices)
    const now = new Map<string, boolean>()
    for (const name of names) now.set(name, known.get(name) ?? (await isCard(join(devices, name))))
    known = now
    const routes = await readFile('/proc/net/route', 'utf8').catch(() => '')
    const wanted = new Set([underlayName, defaultDeviceIn(routes)])
    return names
      .filter((name) => now.get(name) || wanted.has(name))
      .sort()
      .slice(0, mostNics)
  }
}

async function isCard(device: string): Promise<boolean> {
  const target = await readlink(device).catch(() => '')
  return target !== '' && !target.includes('/devices/virtual/')
}

/** Counters of these devices; one that is gone is left out. */
export async function readNics(devices: string, names: readonly string[]): Promise<NicCounters[]> {
  const nics = await Promise.all(names.map((name) => readNic(join(devices, name), name)))
  return nics.flat()
}

/** Device of the IPv4 default route, from /proc/net/route: name, destination, gateway… in hex. */
export function defaultDeviceIn(routes: string): string | undefined {
  const rows = routes.split('\n').map((line) => line.split('\t'))
  return rows.find(([, destination, , , , , , mask]) => destination === zero && mask === zero)?.[0]
}

const zero = '00000000'

async function readNic(directory: string, name: string): Promise<NicCounters[]> {
  try {
    const count = async (file: string) => Number(await readFile(join(directory, file), 'utf8'))
    return [
      {
        name,
        // The kernel refuses to say it of a device that is switched off.
        carrier: (await count('carrier').catch(() => 0)) === 1,
        carrierChanges: await count('carrier_changes'),
        rxBytes: await count('statistics/rx_bytes'),
        txBytes: await count('statistics/tx_bytes'),
        rxErrors: await count('statistics/rx_errors'),
        txErrors: await count('statistics/tx_errors'),
        rxDrops: await count('statistics/rx_dropped'),
        txDrops: await count('statistics/tx_dropped'),
      },
    ]
  } catch {
    return []
  }
}
