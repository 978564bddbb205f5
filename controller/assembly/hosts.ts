import { join } from 'node:path'
import type { Clock } from '../../lib/clock/index.ts'
import { agentHash, installHost, letIn, type SshTarget, type Tunnels } from '../bootstrap/index.ts'
import type { Config } from '../config/index.ts'
import type { Hub } from '../hub/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import type { HostAccess, HostsPort } from '../provision/index.ts'
import { hypervisorKit } from './hypervisor-kit.ts'
import type { Keys } from './keys.ts'
import { oneadminLogin } from './oneadmin-login.ts'

export interface HostsParts {
  readonly config: Config
  readonly keys: Keys
  readonly hub: Hub
  readonly tunnels: Tunnels
  readonly clock: Clock
  readonly one: Pick<OpenNebula, 'version'>
}

/** Bootstrap and hub as provisioning sees them: servers that get agents, and agents that answer. */
export function createHosts({ config, keys, hub, tunnels, clock, one }: HostsParts): HostsPort {
  const targetOf = (host: HostAccess): SshTarget => ({
    address: host.address,
    user: config.profile.sshUser,
    hostKey: host.hostKey ?? keys.hostPair(host.provision, host.key).publicOpenssh,
    privateKey: keys.controllerPair(host.provision).privateOpenssh,
    files: join(config.stateDir, 'ssh'),
  })
  return {
    hypervisor: config.profile.hypervisor,
    management: config.firewall.management,
    async ready(hypervisor) {
      await agentHash(config.agentPackage)
      await hypervisorKit(config, one, hypervisor)
    },
    async letIn({ address, provision }, { left, signal }) {
      const publicKey = keys.controllerKey(provision)
      const target = oneadminLogin(config, address)
      const options = { target, publicKey, ...left, ...(signal ? { signal } : {}) }
      return { hostKey: await letIn(options) }
    },
    install: async (host, { hypervisor, token, progress, signal }) =>
      installHost({
        target: targetOf(host),
        profile: config.profile,
        hypervisor: await hypervisorKit(config, one, hypervisor),
        server: host.server,
        token,
        tarball: config.agentPackage,
        clock,
        progress,
        ...(signal ? { signal } : {}),
      }),
    connect: (host) => tunnels.keep(host.server, targetOf(host)),
    admit: (server, token) => hub.admit(server, token),
    waitEnrolled: (server, wait) => hub.waitEnrolled(server, wait),
    forget: (server) => {
      tunnels.drop(server)
      hub.forget(server)
    },
  }
}
