import { isTransient } from '../../lib/clock/index.ts'
import { sentenceOf } from '../../lib/fault/index.ts'
import { addressFrom, type CloudAddress } from './address-tags.ts'
import type { AttachQueue } from './attach-queue.ts'
import { addressFault } from './faults.ts'
import type { AttachRequest, AttachWatch, FlexibleIpPorts } from './flexible-ips.ts'
import type { Look } from './looks.ts'

/** One call's patience; the loop below is the longer one. */
const callMs = 10_000
const pursuedMs = 15 * 60_000
const quickMs = 60_000

export interface AttachTools {
  readonly queue: AttachQueue
  readonly look: Look
}

/**
 * Looks, acts, looks again until the address is attached to this server: a move is detach, ready,
 * attach. A lost answer is settled by the next look, and so is whatever somebody else did meanwhile.
 */
export async function attach(
  ports: FlexibleIpPorts,
  { queue, look }: AttachTools,
  request: AttachRequest,
  watch: AttachWatch = {},
): Promise<'attached'> {
  const { clock } = ports
  const { signal } = watch
  const known = await ports.provision(request.provisionId)
  const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs: callMs }) }
  const api = cloud.scaleway.flexibleIp
  const since = clock.elapsed()
  let trouble = ''
  let missed = false
  while (true) {
    signal?.throwIfAborted()
    if (await passing(step)) return 'attached'
    signal?.throwIfAborted()
    const waited = clock.elapsed() - since
    if (waited > clock.patience(pursuedMs)) throw notReady(request, trouble)
    await clock.sleep(waited < clock.patience(quickMs) ? 1_000 : 5_000, signal)
  }

  /** True when it is there. */
  async function step(): Promise<boolean> {
    const fip = pick(await look(cloud), request)
    // A list may be behind, or its pages may have shifted while they were read.
    if (!fip && missed) throw unknown(request)
    missed = !fip
    if (!fip) return false
    const { id, status, serverId } = fip
    if (status === 'attached' && serverId === request.server) return true
    if (status === 'ready') await queue.join({ server: request.server, id, send, signal })
    else if (status === 'attached') await api.detachFlexibleIP({ fipsIds: [id] })
    else if (status !== 'updating' && status !== 'detaching') {
      throw addressFault('EDGE_IP_STATE', `${request.external} is ${status}`)
    }
    watch.accepted?.()
    return false
  }

  async function send(ids: readonly string[]): Promise<void> {
    await api.attachFlexibleIP({ fipsIds: [...ids], serverId: request.server })
  }

  /** False too when it may work at the next look: the address was changing, or an answer was lost. */
  async function passing(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error)) throw error
      trouble = sentenceOf(error)
      watch.trouble?.(error)
      return false
    }
  }
}

/** Asks for the detach when the address is attached to this server; anything else is left alone. */
export async function detach(
  ports: FlexibleIpPorts,
  { look }: AttachTools,
  request: AttachRequest,
): Promise<void> {
  const known = await ports.provision(request.provisionId)
  const cloud = { ...known, scaleway: known.scaleway.within({ patienceMs: callMs }) }
  const address = (await look(cloud)).find(({ ipAddress }) => ipAddress === request.external)
  if (address?.status !== 'attached' || address.serverId !== request.server) return
  await cloud.scaleway.flexibleIp.detachFlexibleIP({ fipsIds: [address.id] })
}

/** The provision's own address, for the VM address recorded with it. Ids alone prove nothing. */
function pick(fips: readonly CloudAddress[], request: AttachRequest): CloudAddress | undefined {
  const { external, ip } = request
  const fip = fips.find(({ ipAddress }) => ipAddress === external)
  if (!fip) return undefined
  const address = addressFrom(fip)
  if (!address) throw unknown(request)
  if (address.ip === ip) return fip
  throw addressFault('EDGE_IP_MISMATCH', `${external} belongs to ${address.ip}, not to ${ip}`)
}

function unknown({ external, provisionId }: AttachRequest): Error {
  return addressFault('EDGE_IP_UNKNOWN', `Provision ${provisionId} has no flexible IP ${external}`)
}

function notReady({ external }: AttachRequest, answer: string): Error {
  return addressFault('EDGE_IP_NOT_READY', `${external} is still not attached`, { answer })
}
