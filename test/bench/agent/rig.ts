import { createExec, type Exec } from '../../../agent/exec/index.ts'
import { createNetwork } from '../../../agent/reconcile/index.ts'
import { createClock } from '../../../lib/clock/index.ts'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { type Logger, silent } from '../../../lib/log/index.ts'

/**
 * The host that is measured: the namespaces this process was started in. The agent's own network runs
 * on it with nothing in between; FRR is left out, and measured by the part `rest`.
 */
export interface Rig {
  readonly exec: Exec
  /** Runs a program text of the bench; returns stdout. Throws with stderr when it fails. */
  sh(script: string): Promise<string>
  /** Reconciles and says how long each phase took. Throws what went wrong. */
  reconcile(spec: HostSpec): Promise<Timings>
}

/** Milliseconds of one reconcile: all, and what of it went into looking, planning and changing. */
export interface Timings {
  readonly elapsedMs: number
  readonly observeMs: number
  readonly planMs: number
  readonly applyMs: number
}

const publicAddress = '51.15.0.11'
const exec = createExec({ logger: silent, hand: true })

/** A server with a public NIC, whose other end is `isp`, and a second one for the private network. */
export async function becomeHost(): Promise<void> {
  await sh(`mount -t sysfs sysfs /sys; mkdir -p /run/netns; mount -t tmpfs netns /run/netns; ip link set lo up
    for pair in eth0:isp eth1:lan; do
      ip link add "\${pair%:*}" type veth peer name "\${pair#*:}"
      ip link set "\${pair%:*}" up; ip link set "\${pair#*:}" up
    done
    ip addr add ${publicAddress}/24 dev eth0; ip route add default via 51.15.0.1`)
}

export function createRig(): Rig {
  let last: Timings | undefined
  let told = ''
  let generation = 0
  /** As a controller does: what is new has a number of its own. */
  const numbered = (spec: HostSpec): HostSpec => {
    const text = JSON.stringify(spec)
    if (text !== told) generation++
    told = text
    return { ...spec, generation }
  }
  const logger: Logger = {
    ...silent,
    debug: (message, fields) => {
      if (message === 'reconciled') last = fields as unknown as Timings
    },
  }
  const network = createNetwork({
    exec,
    frr: { apply: async () => ({ steps: [], faults: [] }), plan: async () => [] },
    logger,
    clock: createClock(),
  })
  return {
    exec,
    sh,
    async reconcile(spec) {
      const { ok, faults } = await network.reconcile(numbered(spec))
      if (!ok || last === undefined) throw new Error(`the agent failed: ${faults.join('; ')}`)
      return last
    },
  }
}

async function sh(script: string): Promise<string> {
  const { code, stdout, stderr } = await exec.run(['bash', '-ec', script])
  if (code !== 0) throw new Error(`${script}: ${stderr || stdout}`)
  return stdout
}
