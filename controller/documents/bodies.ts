/** One question to the user, as OneForm describes inputs of drivers, providers and provisions. */
export interface InputSpec {
  readonly name: string
  readonly description: string
  readonly type: 'string' | 'number' | 'boolean' | 'map(string)' | 'list(string)'
  readonly default?: unknown
  readonly mandatory: boolean
  readonly sensitive?: boolean
  readonly match?:
    | { readonly type: 'list'; readonly values: readonly string[] }
    | { readonly type: 'number'; readonly values: { readonly min?: number; readonly max?: number } }
    | {
        readonly type: 'map'
        readonly grouped_by: string
        readonly values: Readonly<Record<string, readonly string[]>>
      }
}

/** Marks a document as ours; documents of other engines are never resumed, changed or deleted. */
export const engine = 'edgectl'

/** Document types of OneForm. */
export const providerType = 103
export const provisionType = 104

/** What Sunstone shows of a driver; passed through untouched. */
export type Fireedge = Readonly<Record<string, unknown>>

export interface ProviderConnection {
  access_key: string
  secret_key: string
  project_id: string
  region: string
  zone: string
}

/** The JSON in PROVIDER_BODY (document type 103), in OneForm's own shape. */
export interface ProviderBody {
  engine: typeof engine
  name: string
  description: string
  driver: 'scaleway'
  version: string
  fireedge: Fireedge
  user_inputs: readonly InputSpec[]
  connection: ProviderConnection
  provision_ids: number[]
  /** Seconds since 1970. */
  registration_time: number
}

export interface OneObject {
  id: number | null
  name: string
  template?: Record<string, unknown>
  childs?: Record<string, unknown>
}

export interface OneHost extends OneObject {
  /** `<zone>/<server id>`, as OneForm writes it. */
  resource_id: string
}

export interface OneObjects {
  cluster: { id: number | null; name: string } | Record<string, never>
  hosts: OneHost[]
  networks: OneObject[]
  network_templates?: OneObject[]
  datastores: OneObject[]
}

export interface HistoricEntry {
  action: string
  description: string
  /** Seconds since 1970. */
  time: number
}

/** The JSON in PROVISION_BODY (document type 104): OneForm's keys first, then our own. */
export interface ProvisionBody {
  name: string
  description: string
  deployment_file: 'ssh_cluster'
  fireedge: Fireedge
  user_inputs: readonly InputSpec[]
  user_inputs_values: Record<string, unknown>
  provider_id: number
  /** A number of `states`; the API shows its name. */
  state: number
  one_objects: OneObjects
  registration_time: number
  historic: HistoricEntry[]
  tags: Record<string, string>
  engine: typeof engine
  /** Identity in the cloud's tags; unlike the document's id it never repeats. */
  uuid: string
  driver: 'scaleway'
  /** Keys of the servers it has; absent while they are those it was created with. */
  host_keys?: string[]
  /** While it is made: with so many hosts it runs, even if others cannot come. */
  min_hosts?: number
  /** While it is made: what cannot be whole is given back. */
  atomic?: boolean
  /** Keys of hosts that could not come and are being released. */
  hosts_given_up?: string[]
  /** Numbers of the keys that hosts and addresses get next; none is used twice. */
  next_keys?: { host: number; ip: number }
  /** What is being changed, until all of it is; absent at rest. */
  scaling?: Scaling
  /** While it is taken over from a stock server: what it has where; absent at rest. */
  adopting?: Adopting
  /** SSH keys in the project that the stock server made for it; they have no tags and go with it. */
  stock_keys?: { id: string; name: string }[]
}

/** What of a stock provision is where, by the keys that it has here. */
export interface Adopting {
  cloud: AdoptedCloudObject[]
  one: AdoptedOneObject[]
  ranges: AdoptedRange[]
  /** VXLAN devices on the public interface that the stock network driver may have left on hosts. */
  devices: string[]
  /** OpenNebula's hosts that somebody had disabled before, and that stay so. */
  kept_closed?: number[]
}

export interface AdoptedCloudObject {
  role: 'vpc' | 'private-network' | 'gateway' | 'gateway-ip' | 'server' | 'flexible-ip'
  key: string
  id: string
  /** Of a flexible IP, whose ids go round in a pool, and of a server. */
  address?: string
}

export interface AdoptedOneObject {
  kind: 'cluster' | 'datastore' | 'network' | 'host'
  key: string
  id: number
}

/** A range of the stock IPAM driver, which is made anew under that key. */
export interface AdoptedRange {
  network: number
  id: number
  ip: string
  external: string
  key: string
}

/** A change of a provision that runs: what shall come, and what shall go once that is there. */
export interface Scaling {
  /** Keys of hosts that have not joined yet. */
  hosts_up: string[]
  /** Keys of hosts that are not gone yet. */
  hosts_down: string[]
  /** Keys of hosts that were to go and stay after all. */
  hosts_kept: string[]
  /** What becomes of virtual machines on hosts that go. */
  guests: Guests
  /** Keys of public addresses to be registered. */
  ips_up: string[]
  /** Keys of public addresses that nobody waits for any more. */
  ips_given_up: string[]
  /** Address ranges to be removed. */
  ranges_down: ScaledRange[]
}

/** `refuse`: a host that has any stays; `migrate` to the hosts that stay; or `terminate`. */
export type Guests = 'refuse' | 'migrate' | 'terminate'

/** Ids of ranges count within one network; the address tells that it is still the same. */
export interface ScaledRange {
  id: number
  ip: string
}

/** `historic` never grows past this, so that a body stays far below oned's document size. */
export const historicLimit = 200

/** A failure may name many objects; the log has all of it. */
const descriptionLimit = 500

/** The entries with one more at the end, the oldest dropped beyond the limit. */
export function withHistory(
  entries: readonly HistoricEntry[],
  action: string,
  description: string,
  nowMs: number,
): HistoricEntry[] {
  const text = description.slice(0, descriptionLimit)
  const entry = { action, description: text, time: Math.floor(nowMs / 1000) }
  return [...entries, entry].slice(-historicLimit)
}
