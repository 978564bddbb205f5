import type { HostSpec } from '../../lib/contract/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { FrrOutcome, FrrPort, FrrStep } from '../plan/index.ts'
import { putConfigFile, textOf } from './config-file.ts'
import { type Delta, frrDelta } from './delta.ts'
import { fault } from './faults.ts'
import { frrModel } from './model.ts'
import { renderFrr } from './render.ts'
import { sendDelta, sentenceOfLine } from './send.ts'
import { ensureVtepKnown } from './vtep-address.ts'
import { type Daemon, openVty } from './vty.ts'

export interface FrrOptions {
  /** Where the daemons' vty sockets are; `/var/run/frr`. */
  readonly runDirectory: string
  /** The integrated configuration; `/etc/frr/frr.conf`. */
  readonly configFile: string
  /** The anycast MAC of all gateways. */
  readonly gatewayMac: string
  /** Throws when FRR's own parser refuses the file. */
  readonly prove: (file: string) => Promise<void>
  /** Makes the kernel tell its listeners of an address once more: `ip address replace`. */
  readonly announce: (device: string, address: string) => Promise<void>
}

/** FRR on this host. Its file is for FRR's next start; what runs is changed over the vty sockets. */
export function createFrr(options: FrrOptions): FrrPort {
  let inForce: string | null = null
  return {
    apply: async (spec) => {
      inForce = null
      try {
        const outcome = await apply(options, spec)
        if (outcome.faults.length === 0) inForce = render(options, spec)
        return outcome
      } catch (error) {
        return { steps: [], faults: [sentenceOf(error)] }
      }
    },
    knows: (spec) => inForce !== null && inForce === render(options, spec),
    plan: async (spec) => {
      const text = render(options, spec)
      const steps = (await deltas(options, text)).flatMap(stepsOf)
      return (await textOf(options.configFile)) === text ? steps : [fileStep, ...steps]
    },
  }
}

const configured: readonly Daemon[] = ['bfdd', 'bgpd']
const fileStep: FrrStep = { kind: 'frr', sentence: "Write FRR's configuration file" }

async function apply(options: FrrOptions, spec: HostSpec): Promise<FrrOutcome> {
  const text = render(options, spec)
  // The file first: FRR must find it at its next start even when it does not answer now.
  const { written, faults } = await kept(options, text)
  const told = await ensureVtepKnown(options, spec)
  const wanted = await deltas(options, text)
  for (const delta of wanted) await sendDelta(options.runDirectory, delta)
  const steps = [...(written ? [fileStep] : []), ...told, ...wanted.flatMap(stepsOf)]
  return { steps, faults: [...faults, ...(await leftovers(options, text, wanted))] }
}

/**
 * Keeps the configuration for FRR's next start. A full or read-only disk is reported and does not
 * hold up what runs; a text that FRR's parser refuses does, and is thrown.
 */
async function kept({ configFile, prove }: FrrOptions, text: string) {
  try {
    return { written: await putConfigFile(configFile, text, prove), faults: [] }
  } catch (error) {
    if (error instanceof Fault) throw error
    return { written: false, faults: [`${configFile} cannot be written: ${sentenceOf(error)}`] }
  }
}

function render({ gatewayMac }: FrrOptions, spec: HostSpec): string {
  return renderFrr(frrModel(spec, gatewayMac))
}

async function deltas({ runDirectory }: FrrOptions, text: string): Promise<Delta[]> {
  return Promise.all(
    configured.map(async (daemon) =>
      frrDelta(daemon, text, await runningConfig(runDirectory, daemon)),
    ),
  )
}

/** Reads back what was sent: a line that FRR took and does not show is a fault, not a success. */
async function leftovers(options: FrrOptions, text: string, sent: Delta[]): Promise<string[]> {
  if (sent.every(({ commands }) => commands.length === 0)) return []
  const left = (await deltas(options, text)).flatMap(({ commands }) => commands)
  return left.map((line) => `FRR took "${sentenceOfLine(line)}" and does not show it`)
}

async function runningConfig(runDirectory: string, daemon: Daemon): Promise<string> {
  const vty = await openVty(runDirectory, daemon)
  try {
    await vty.ask('enable')
    const { text, code } = await vty.ask('show running-config')
    if (code === 0) return text
    throw fault('EDGE_FRR_REFUSED', `FRR's ${daemon} does not show its configuration`)
  } finally {
    vty.close()
  }
}

function stepsOf({ daemon, commands }: Delta): FrrStep[] {
  return commands.map((line) => ({
    kind: 'frr',
    sentence: `Tell ${daemon}: ${sentenceOfLine(line)}`,
  }))
}
