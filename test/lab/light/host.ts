import { createAgentHub, listen } from '../../../agent/hub/index.ts'
import type { Clock } from '../../../lib/clock/index.ts'
import type { ElasticAddress, HostReport, HostSpec } from '../../../lib/contract/index.ts'
import type { Logger } from '../../../lib/log/index.ts'
import { type Disk, stateOn } from './memory-state.ts'
import { listenForPrograms, type ProgramWatch } from './sshd.ts'

export interface LightHostOptions {
  /** Scaleway's id. */
  readonly server: string
  /** Public address: the name of its sockets in `directory`, and OpenNebula's name of the host. */
  readonly address: string
  readonly directory: string
  readonly disk: Disk
  readonly clock: Clock
  readonly logger: Logger
  /** When a specification has come; false as if it never had. */
  readonly before: (spec: HostSpec) => Promise<boolean>
  /** When it is true and nobody was told yet. */
  readonly after: (spec: HostSpec) => Promise<void>
  readonly programs: ProgramWatch
  /** Whether a port (`one-7-0`) is on this host's bridges now. */
  readonly hasPort: (port: string) => boolean
}

/**
 * A metal server without a kernel: the real agent's hub (login, epochs, acknowledgements) over a model
 * of what would be programmed.
 */
export interface LightHost {
  readonly server: string
  readonly address: string
  readonly disk: Disk
  /** Its agent's, as a controller knows it. */
  readonly publicKey: string
  /** What is true on it now; null before the first. */
  spec(): HostSpec | null
  /** Elastic addresses it answers for now: mapped, and their VM's port is there. */
  armed(): readonly ElasticAddress[]
  connected(): boolean
  close(): Promise<void>
}

/** Real milliseconds that programming takes. */
const programmingMs = 10

export async function createLightHost(options: LightHostOptions): Promise<LightHost> {
  const { server, address, directory, disk, clock, logger } = options
  let wanted: HostSpec | undefined
  let working = false
  const state = stateOn(disk)
  const hub = createAgentHub({
    ...{ clock, logger, server, agent: 'light', state },
    report: async () => reportOf(disk.good),
    onSpec(spec) {
      wanted = spec
      if (!working) void work()
    },
  })
  const sshd = `${directory}/${address}.sshd`
  const enrol = listenForPrograms(sshd, options.programs, async (installed) => {
    if (installed.server !== server) throw new Error(`This is ${server}, not ${installed.server}`)
    disk.token = installed.token
  })
  const agent = listen({ path: `${directory}/${address}`, logger, accept: hub.accept })
  const [stopSshd, listener] = await Promise.all([enrol, agent])

  /** The newest wins; what comes meanwhile is next. */
  async function work(): Promise<void> {
    working = true
    while (wanted) {
      const spec = wanted
      wanted = undefined
      if (!(await options.before(spec))) continue
      await new Promise((done) => setTimeout(done, programmingMs))
      disk.good = spec
      await options.after(spec)
      const { epoch, generation } = spec
      hub.applied({ epoch, generation, ok: true, steps: 1, faults: [] })
    }
    working = false
  }

  return {
    server,
    address,
    disk,
    publicKey: state.key.publicKey,
    spec: () => disk.good,
    armed: () => disk.good?.elastics.filter(({ port }) => options.hasPort(port)) ?? [],
    connected: hub.connected,
    async close() {
      hub.close()
      await Promise.all([listener.close(), stopSshd()])
    },
  }
}

function reportOf(spec: HostSpec | null): HostReport {
  return {
    ...{ at: Date.now(), verdict: 'healthy', reasons: [], generation: spec?.generation ?? 0 },
    ...{ sessions: [], bfd: [], silentDaemons: [], vnis: [], elastics: [] },
    underlay: { promisedMtu: null, peers: [] },
    ...{ repairs: 0, lastRepairs: [], nics: [], connections: [], clockSynchronised: null },
    load: {
      ...{ cpu: 0, memoryUsedBytes: 1, memoryTotalBytes: 2 },
      ...{ diskUsedBytes: 1, diskTotalBytes: 2 },
    },
    agent: { memoryBytes: 1, cpu: 0, roundMs: null },
    versions: { agent: 'light', frr: '-', kernel: '-', nft: '-', iproute2: '-' },
  }
}
