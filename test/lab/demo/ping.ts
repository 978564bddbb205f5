import type { Lab } from '../whole/lab.ts'

export interface PingCount {
  readonly sent: number
  readonly received: number
}

/** Pings from a VM; counts what came back. */
export async function ping(
  lab: Lab,
  vm: number,
  address: string,
  { count = 3, everyMs = 200 } = {},
): Promise<PingCount> {
  const argv = ['ping', '-n', '-q', '-W', '2', '-c', `${count}`, '-i', `${everyMs / 1000}`, address]
  const { stdout } = await lab.hypervisor.execInVm(vm, argv)
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(stdout) ?? []
  if (sent === undefined || received === undefined) throw new Error(`ping said: ${stdout}`)
  return { sent: Number(sent), received: Number(received) }
}

/** Pings while `disturb` runs and for a while after; at least `seconds` in all. */
export async function pingDuring(
  lab: Lab,
  vm: number,
  address: string,
  seconds: number,
  disturb: () => Promise<void>,
): Promise<PingCount> {
  const everyMs = 50
  const pinging = ping(lab, vm, address, { count: Math.ceil((seconds * 1000) / everyMs), everyMs })
  await Promise.all([pinging, disturb()])
  return await pinging
}
