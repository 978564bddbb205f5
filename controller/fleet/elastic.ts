import type { Clock } from '../../lib/clock/index.ts'
import { Fault, sentenceOf } from '../../lib/fault/index.ts'
import type { Logger } from '../../lib/log/index.ts'
import type { Nic, Vm } from '../opennebula/index.ts'
import type { AddressWorks, Place } from './address-works.ts'
import { isPlugging } from './claims.ts'
import type { ServerFacts } from './facts.ts'
import { fleetFault } from './faults.ts'
import type { Fleet } from './fleet.ts'
import { type Attached, inTime } from './in-time.ts'
import { owner } from './owner.ts'

/** What the stock elastic driver says of one NIC's address. */
export interface ElasticRequest {
  readonly provisionId: number
  /** Id of the OpenNebula host in the VM's newest history record. */
  readonly hostId: number
  /** Undefined when the driver could not tell; then the address alone finds the NIC. */
  readonly vm?: number
  readonly ip: string
  readonly external: string
  /** Name of the host that is cleaned, where it is not `hostId`'s: a migration leaves it. */
  readonly cleaned?: string
}

export interface Elastic {
  /**
   * The address answers on this host: host state with the mapping, applied by the agent, then the
   * cloud. Throws when the host or the cloud refuses; `accepted` when the cloud still works on it.
   */
  assign(request: ElasticRequest): Promise<Attached>
  /** Ends the address on the host that is cleaned unless the VM is still there. Never throws. */
  unassign(request: ElasticRequest): Promise<'released' | 'kept'>
}

export interface ElasticOptions {
  readonly fleet: Fleet
  readonly works: AddressWorks
  readonly clock: Clock
  readonly logger: Logger
}

const clearedWithinMs = 5_000

export function createElastic({ fleet, works, clock, logger }: ElasticOptions): Elastic {
  return {
    async assign(request) {
      const server = await fleet.server(request.provisionId, request.hostId)
      await fleet.refresh()
      const { vm, nic } = found(request)
      fleet.moves.arrived(vm, nic.nicId, request.hostId)
      fleet.compile()
      assureMapped(vm, server, request)
      const attached = await placed(placeOf(request, server))
      if (attached === 'accepted')
        logger.warn('the cloud still attaches the address', { ...request })
      return attached
    },

    async unassign(request) {
      try {
        await fleet.refresh()
        // Whichever VM has it: the address may have been handed on since the clean was due.
        const holders = nicsWith(request)
        const hostId = cleanedHost(request, holders)
        if (holders.some(({ vm, nic }) => stays(vm, nic, hostId))) return 'kept'
        for (const { vm, nic } of holders) {
          if (owner(vm)?.hostId === hostId) fleet.moves.left(vm, nic.nicId)
        }
        fleet.compile()
        const { provisionId } = request
        const server = await fleet.server(provisionId, hostId)
        const wait = { withinMs: clearedWithinMs, servers: [server.server] }
        await fleet
          .waitSettled(provisionId, wait)
          .catch((error: unknown) => warn('the host has not dropped the address yet', error))
        await works.release(placeOf(request, server))
        return 'released'
      } catch (error) {
        warn('the address could not be released; the truth check sees to it', error)
        return 'kept'
      }

      function warn(message: string, error: unknown): void {
        logger.warn(message, { ...request, cause: sentenceOf(error) })
      }
    },
  }

  /** Work that began when the VM was seen coming may have failed at what has passed since. */
  async function placed(place: Place): Promise<Attached> {
    const { placing, joined } = works.place(place)
    try {
      return await inTime(placing, clock)
    } catch (error) {
      const calledOff = error instanceof Fault && error.code === 'EDGE_ELASTIC_CALLED_OFF'
      if (!joined || calledOff) throw error
      return await inTime(works.place(place).placing, clock)
    }
  }

  function nicsWith({ external, ip }: ElasticRequest): { vm: Vm; nic: Nic }[] {
    return fleet
      .vms()
      .flatMap((vm) => vm.nics.map((nic) => ({ vm, nic })))
      .filter(({ nic }) => nic.externalIp === external && nic.ip === ip)
  }

  function found(request: ElasticRequest): { vm: Vm; nic: Nic } {
    const { external, hostId } = request
    const there = nicsWith(request).find(
      ({ vm }) =>
        (request.vm === undefined || vm.id === request.vm) && vm.history.at(-1)?.hostId === hostId,
    )
    if (!there) {
      throw fleetFault('EDGE_ELASTIC_UNKNOWN', `No VM of host ${hostId} has ${external}`)
    }
    const other = nicsWith(request).find(({ vm }) => vm.id !== there.vm.id && owner(vm) !== null)
    if (other) throw fleetFault('EDGE_ELASTIC_TAKEN', `${external} is in use by VM ${other.vm.id}`)
    return there
  }

  /** To this very VM: another one's mapping of the address would get its packets. */
  function assureMapped(
    vm: Vm,
    { server }: ServerFacts,
    { external, ip, provisionId }: ElasticRequest,
  ): void {
    const mapped = fleet
      .claims()
      .some(
        (one) =>
          one.external === external && one.ip === ip && one.vm === vm.id && one.server === server,
      )
    if (mapped) return
    const why = fleet.refusals(provisionId).find((sentence) => sentence.includes(external))
    throw fleetFault(
      'EDGE_ELASTIC_REFUSED',
      why ?? `${external} is on no network of the provision's cluster`,
    )
  }
}

function placeOf({ provisionId, external, ip }: ElasticRequest, { server }: ServerFacts): Place {
  return { provisionId, external, ip, server }
}

/** In a cold migration the newest record names the destination already, while the source is cleaned. */
function cleanedHost({ hostId, cleaned }: ElasticRequest, holders: readonly { vm: Vm }[]): number {
  const records = holders.flatMap(({ vm }) => vm.history)
  return records.findLast(({ hostname }) => hostname === cleaned)?.hostId ?? hostId
}

/**
 * Whether the VM keeps the address on this host: not when it is elsewhere, being stopped there, or
 * when just this NIC is being unplugged.
 */
function stays(vm: Vm, nic: Nic, hostId: number): boolean {
  const held = owner(vm)
  if (held?.arriving != null) return true
  return held?.hostId === hostId && !held.leaving && !isPlugging(vm, nic)
}
