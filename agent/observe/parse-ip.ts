import type { Address, FdbEntry, Link, Neighbour, Route, Rule } from '../host/index.ts'

/** What `ip -j` and `bridge -j` print, reduced to the members we read; all optional, as in iproute2. */
type Json = Readonly<Record<string, unknown>>

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value)
const textOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : String(value)
const number = (value: unknown): number => Number(value ?? 0)
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {}
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : [])

/** `ip -j` prints nothing at all, not `[]`, when there is nothing to say. Throws SyntaxError. */
export function readJson(output: string): readonly Json[] {
  const trimmed = output.trim()
  return trimmed === ''
    ? []
    : list(parsed(trimmed)).filter((entry) => Object.keys(entry).length > 0)
}

/**
 * Ubuntu's iproute2 (22.04: 5.15.0-1ubuntu2) carries a patch for Fan networks that writes plain words
 * into the JSON of every VXLAN device: `"id":105fan-map ,"local":…`.
 */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!text.includes('fan-map')) throw error
    return JSON.parse(text.replaceAll(/(?<=[\d{])fan-map [^,}"]*/g, ''))
  }
}

export function parseLinks(output: string): Link[] {
  return readJson(output).map((entry) => {
    const info = object(entry['linkinfo'])
    const kind = textOrNull(info['info_kind'])
    const data = object(info['info_data'])
    const flags = (entry['flags'] ?? []) as readonly string[]
    const altnames = (entry['altnames'] ?? []) as readonly string[]
    return {
      name: text(entry['ifname']),
      ...(altnames.length === 0 ? {} : { altnames }),
      kind,
      up: flags.includes('UP'),
      mtu: number(entry['mtu']),
      mac: text(entry['address']),
      group: text(entry['group']),
      master: textOrNull(entry['master']),
      alias: text(entry['ifalias']),
      bridge:
        kind === 'bridge'
          ? {
              forwardDelay: number(data['forward_delay']),
              stp: number(data['stp_state']),
              snooping: number(data['mcast_snooping']),
            }
          : null,
      vxlan:
        kind === 'vxlan'
          ? {
              id: number(data['id']),
              port: number(data['port']),
              local: textOrNull(data['local']),
              learning: data['learning'] === true,
            }
          : null,
      vlan: kind === 'vlan' ? { id: number(data['id']), parent: textOrNull(entry['link']) } : null,
      port:
        info['info_slave_kind'] === 'bridge' ? portFlags(object(info['info_slave_data'])) : null,
    }
  })
}

function portFlags(data: Json) {
  return {
    learning: data['learning'] === true,
    neighSuppress: data['neigh_suppress'] === true,
    isolated: data['isolated'] === true,
  }
}

export function parseAddresses(output: string): Address[] {
  return readJson(output).flatMap((entry) =>
    list(entry['addr_info'])
      .filter(({ family, local }) => family === 'inet' && local !== undefined)
      .map(({ local, prefixlen }) => ({
        device: text(entry['ifname']),
        address: `${text(local)}/${text(prefixlen)}`,
      })),
  )
}

/** Routes an agent may care for: not the kernel's own, not those of the local table. */
export function parseRoutes(output: string): Route[] {
  return readJson(output)
    .filter(({ table, protocol }) => table !== 'local' && protocol !== 'kernel')
    .filter(({ type }) => type === undefined || type === 'unicast' || type === 'unreachable')
    .map((entry) => ({
      table: textOrNull(entry['table']) ?? 'main',
      type: entry['type'] === 'unreachable' ? 'unreachable' : 'unicast',
      destination: text(entry['dst']),
      via: textOrNull(entry['gateway']),
      device: textOrNull(entry['dev']),
      source: textOrNull(entry['prefsrc']),
      metric: number(entry['metric']),
      protocol: textOrNull(entry['protocol']) ?? 'boot',
    }))
}

export function parseRules(output: string): Rule[] {
  return readJson(output)
    .filter(({ iif }) => iif !== undefined)
    .map((entry) => ({
      priority: number(entry['priority']),
      iif: text(entry['iif']),
      table: text(entry['table']),
      protocol: text(entry['protocol']),
    }))
}

/** Permanent and proxy entries; `ip neigh show` prints the two kinds only separately. */
export function parseNeighbours(permanent: string, proxy: string): Neighbour[] {
  const common = (entry: Json) => ({
    device: text(entry['dev']),
    address: text(entry['dst']),
    protocol: text(entry['protocol']),
  })
  return [
    ...readJson(permanent).map((entry) => ({ ...common(entry), mac: text(entry['lladdr']) })),
    ...readJson(proxy).map((entry) => ({ ...common(entry), mac: null })),
  ].filter(({ address }) => !address.includes(':'))
}

/**
 * Entries somebody configured: pinned MACs and destinations. Not what FRR puts there (`extern_learn`),
 * which comes and goes with the VMs of other hosts, nor what a VXLAN device learnt from frames before
 * it was adopted: VMs talk by it until FRR knows better.
 */
export function parseFdb(output: string): FdbEntry[] {
  return readJson(output)
    .filter(({ dst, state }) => state === 'static' || (dst !== undefined && state === 'permanent'))
    .map((entry) => ({ entry, flags: (entry['flags'] ?? []) as readonly string[] }))
    .filter(({ flags }) => !flags.includes('extern_learn'))
    .map(({ entry, flags }) => ({
      device: text(entry['ifname']),
      mac: text(entry['mac']),
      destination: textOrNull(entry['dst']),
      via: textOrNull(entry['viaIf']),
      state: text(entry['state']),
      sticky: flags.includes('sticky'),
    }))
}

export function parseNamespaces(output: string): string[] {
  return readJson(output).map(({ name }) => text(name))
}
