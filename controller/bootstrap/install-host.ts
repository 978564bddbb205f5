import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type Clock, retry } from '../../lib/clock/index.ts'
import { Fault } from '../../lib/fault/index.ts'
import { fault } from './faults.ts'
import { hypervisorProgram } from './hypervisor-program.ts'
import { prepareProgram, startProgram, uploadProgram } from './programs.ts'
import { type RemoteProgram, runRemote } from './remote-program.ts'
import type { HostProfile, HypervisorKit, SshTarget } from './target.ts'

export interface InstallOptions {
  readonly target: SshTarget
  readonly profile: HostProfile
  readonly hypervisor: HypervisorKit
  /** Scaleway's server id, which the agent logs in as. */
  readonly server: string
  /** One-time token that admits the agent's key. */
  readonly token: string
  /** The tarball with node, agent.cjs and the launcher `edge-agent` at its top. */
  readonly tarball: string
  readonly clock: Clock
  /** Called with what each step did, one short sentence. */
  readonly progress: (text: string) => void
  readonly signal?: AbortSignal
}

/** Packages come from far, and the image's first unattended upgrade may be running. */
const prepareMs = 20 * 60_000
const uploadMs = 10 * 60_000
const startMs = 5 * 60_000

/**
 * Puts FRR, the hypervisor and the agent on a server that may still be booting, each step looked at
 * first and verified after; twice is harmless. Throws EDGE_SSH_… and EDGE_EQUIPMENT_FAILED.
 */
export async function installHost(options: InstallOptions): Promise<void> {
  const { target, server, token, progress } = options
  const packages = options.profile.packages.map(packageName)
  const { kind, repository, series, keys, ...kit } = options.hypervisor
  const nodePackages = kit.packages.map(packageName)
  const hash = await agentHash(options.tarball)
  let present = false
  const run = (remote: Pick<RemoteProgram, 'program' | 'args' | 'input' | 'deadlineMs'>) =>
    runRemote(target, {
      ...remote,
      ...(options.signal ? { signal: options.signal } : {}),
      onLine: ({ step, did, agent }) => {
        if (agent === 'present') present = true
        if (typeof did === 'string') progress(`${step}: ${did}`)
      },
    })
  const config = JSON.stringify({ server, socket: '/run/edge-agent/hub.sock' })

  await onceReachable(options, () =>
    run({ program: prepareProgram, args: [hash, ...packages], deadlineMs: prepareMs }),
  )
  if (!present) {
    const input = { file: options.tarball }
    await onceReachable(options, () =>
      run({ program: uploadProgram, args: [hash], input, deadlineMs: uploadMs }),
    )
  }
  // Before the agent, which is ready before the hypervisor at every later start.
  if (nodePackages.length > 0) {
    const args = [kind, repository ?? '', series, ...nodePackages]
    const input = { lines: keys }
    await onceReachable(options, () =>
      run({ program: hypervisorProgram, args, input, deadlineMs: prepareMs }),
    )
  }
  const input = { lines: [config, token] }
  await onceReachable(options, () =>
    run({ program: startProgram, args: [hash], input, deadlineMs: startMs }),
  )
}

const reachableMs = 15 * 60_000
/** While cloud-init works, sshd may still show the image's host key and know no user. */
const settlingMs = 2 * 60_000

/** Every program may be run again, so a connection that broke in the middle is simply made anew. */
function onceReachable(options: InstallOptions, attempt: () => Promise<void>): Promise<void> {
  const { clock, progress, signal } = options
  const settled = clock.elapsed() + clock.patience(settlingMs)
  let said = ''
  const again = (error: unknown) => {
    if (!(error instanceof Fault)) return false
    if (error.code !== said) progress(`waiting: ${error.message}`)
    said = error.code
    if (error.code === 'EDGE_SSH_UNREACHABLE') return true
    return /^EDGE_SSH_/.test(error.code) && clock.elapsed() < settled
  }
  const policy = { firstMs: 1000, capMs: 5000, withinMs: reachableMs, again }
  return retry(clock, { ...policy, ...(signal ? { signal } : {}) }, attempt)
}

/** SHA-256 of the archive with the agent. Throws EDGE_AGENT_PACKAGE. */
export async function agentHash(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash)
  } catch (cause) {
    const answer = cause instanceof Error ? cause.message : String(cause)
    throw fault('EDGE_AGENT_PACKAGE', `Cannot read the agent from ${file}`, { answer, cause })
  }
  return hash.digest('hex')
}

function packageName(name: string): string {
  if (/^[a-z0-9][a-z0-9.+-]+$/.test(name)) return name
  throw fault('EDGE_PACKAGE_NAME', `"${name}" is not the name of a Debian package`)
}
