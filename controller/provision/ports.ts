import type { Clock } from '../../lib/clock/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Identity } from '../../lib/scaleway/index.ts'
import type {
  Collection,
  ProviderBody,
  ProviderConnection,
  ProvisionBody,
} from '../documents/index.ts'
import type { OpenNebula } from '../opennebula/index.ts'
import type { Hardware } from '../scaleway/index.ts'
import type { HostFacts } from './host-facts.ts'

/** One metal server as bootstrap and hub need to know it. */
export interface HostAccess {
  /** Scaleway's server id. */
  readonly server: string
  /** Public IPv4. */
  readonly address: string
  /** The provision's uuid and the server's key in it ("host-0"): what its SSH host key is derived from. */
  readonly provision: string
  readonly key: string
  /** Its public host key where that is not the derived one: of a server that others installed. */
  readonly hostKey?: string
}

/** What stock drivers may have left on a host that would be in the way of our networks. */
export interface Leftovers {
  /** Names of VXLAN devices. */
  readonly devices: readonly string[]
  /** Private and public addresses that rules of NAT map. */
  readonly addresses: readonly { readonly ip: string; readonly external: string }[]
}

export interface Wait {
  readonly withinMs: number
  readonly signal?: AbortSignal
}

export interface SettleWait extends Wait {
  readonly servers?: readonly string[]
}

export interface InstallTalk {
  readonly hypervisor: 'kvm' | 'lxc'
  /** One-time token that admits the agent's key. */
  readonly token: string
  readonly progress: (text: string) => void
  readonly signal?: AbortSignal
}

/** Bootstrap and hub together: agents on servers. */
export interface HostsPort {
  /** IM and VM driver of hosts whose provision names none, from the host profile. */
  readonly hypervisor: 'kvm' | 'lxc'
  /** Prefixes that may reach every port of a host; while there is none, everybody may reach SSH. */
  readonly management: readonly string[]
  /**
   * Whether the controller has what `install` takes; throws otherwise. Found out only when the servers
   * are paid for, it would be a bad surprise.
   */
  ready(hypervisor: 'kvm' | 'lxc'): Promise<void>
  /**
   * Lets the controller log in to a server that OpenNebula logs in to, takes away what is left there, and
   * answers the server's public host key. Never trusts one that OpenNebula does not know. Twice is harmless.
   */
  letIn(
    host: HostAccess,
    options: { readonly left: Leftovers; readonly signal?: AbortSignal },
  ): Promise<{ readonly hostKey: string }>
  /** Hypervisor, FRR and agent on the server, agent started; waits for SSH. Twice is harmless. */
  install(host: HostAccess, talk: InstallTalk): Promise<void>
  /** Keeps a connection to the server's agent from now on, across its restarts. */
  connect(host: HostAccess): void
  admit(server: string, token: string): void
  waitEnrolled(server: string, wait: Wait): Promise<void>
  /** Ends the connection and forgets the server. */
  forget(server: string): void
}

/** One host of a provision, as the fleet compiles for it. */
export interface FleetHost extends HostFacts {
  /** Id of the OpenNebula host. */
  readonly hostId: number
  /** The server's public host key, where others installed it. */
  readonly hostKey?: string
}

export interface FleetFacts {
  readonly provisionId: number
  readonly uuid: string
  readonly clusterId: number
  readonly hosts: readonly FleetHost[]
}

/** The fleet: which compiles hosts' desired states and pushes them. */
export interface FleetPort {
  /** Sets or replaces what is known of a provision's hosts. */
  set(facts: FleetFacts): Promise<void>
  /** Looks at oned at once instead of at the next poll. */
  refresh(): Promise<void>
  /**
   * Resolves when every host of the provision, or each of the given servers, has applied its present
   * state and read it back.
   */
  waitSettled(provisionId: number, wait: SettleWait): Promise<void>
  /** Stops compiling for a provision that is being torn down. */
  forget(provisionId: number): void
}

/** Secrets of a provision, derived, never stored. */
export interface KeysPort {
  /** The controller's public SSH key for this provision, `ssh-ed25519 AAAA…`. */
  controllerKey(provision: string): string
  /** cloud-config that gives the server its SSH host key. */
  userData(provision: string, key: string): string
}

export interface Ports {
  readonly clock: Clock
  readonly logger: Logger
  /** This cloud's id, in every tag. */
  readonly cloud: string
  readonly provisions: Pick<Collection<ProvisionBody>, 'list' | 'get' | 'update' | 'delete'>
  readonly providers: Pick<Collection<ProviderBody>, 'get' | 'update'>
  readonly opennebula: OpenNebula
  /** The cloud as one provision sees it. `signal` ends its waits, not its requests. */
  hardware(connection: ProviderConnection, identity: Identity, signal: AbortSignal): Hardware
  readonly hosts: HostsPort
  readonly fleet: FleetPort
  readonly keys: KeysPort
}
