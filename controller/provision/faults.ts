import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What can go wrong with provisions, beside what the cloud, OpenNebula and hosts say themselves. */
export const provisionFaults = {
  EDGE_INPUTS_INVALID: {
    kind: 'invalid',
    meaning: 'An input of a provision is missing, malformed or out of range.',
    hint: 'Correct the input that is named.',
    quiet: true,
  },
  EDGE_PROVISION_BUSY: {
    kind: 'conflict',
    meaning: 'Work on the provision is under way; two operations never interleave.',
    hint: 'Wait until it has ended.',
  },
  EDGE_PROVISION_STATE: {
    kind: 'conflict',
    meaning: 'The provision is not in a state that allows the operation.',
    hint: '`edgectl provision show` tells its state; `retry` goes on from a failure.',
    quiet: true,
  },
  EDGE_PROVIDER_LOST: {
    kind: 'missing',
    meaning: 'The provider of a provision is gone, and with it the key to what the provision has.',
    hint: 'Restore its document from a backup; what the provision has at Scaleway costs on meanwhile.',
  },
  EDGE_PROVISION_UNMANAGED: {
    kind: 'conflict',
    meaning: 'Virtual machines, images or networks that the provision did not make live on it.',
    hint: 'Terminate or delete them, or undeploy with force.',
    quiet: true,
  },
  EDGE_PROVISION_UNCHECKED: {
    kind: 'transient',
    meaning: 'Whether a change is possible could not be found out in time; nothing was changed.',
    hint: 'Try again when Scaleway and OpenNebula answer.',
  },
  EDGE_HOST_UNKNOWN: {
    kind: 'missing',
    meaning: 'The provision has no host with that OpenNebula id.',
    hint: '`edgectl provision show` lists its hosts.',
  },
  EDGE_HOST_LAST: {
    kind: 'conflict',
    meaning: 'A provision keeps at least one host.',
    hint: 'Undeploy the provision instead.',
  },
  EDGE_RANGE_UNKNOWN: {
    kind: 'missing',
    meaning: 'The public network of the provision has no such address range.',
    hint: '`edgectl provision addresses` lists its ranges.',
  },
  EDGE_RANGE_USED: {
    kind: 'conflict',
    meaning: 'A public address is in use.',
    hint: 'Detach it from who uses it, then remove it.',
  },
  EDGE_PROVISION_STOPPED: {
    kind: 'transient',
    meaning: 'The controller was told to stop; it goes on from there when it starts again.',
  },
  EDGE_OBJECT_AMBIGUOUS: {
    kind: 'conflict',
    meaning: 'Several OpenNebula objects claim to be the same one of a provision.',
    hint: 'Delete the ones that are not in use, then retry.',
  },
  EDGE_OBJECT_STUCK: {
    kind: 'broken',
    meaning: 'An OpenNebula object went into an error state.',
    hint: 'Look into oned.log for the driver’s message, then retry.',
  },
  EDGE_SERVER_MISSING: {
    kind: 'missing',
    meaning: 'A server of the provision is not at Scaleway, or has no address or network.',
    hint: '`retry` orders the server again; `undeploy` with force gives back what is left.',
  },
  EDGE_SERVER_UNTAGGED: {
    kind: 'conflict',
    meaning: 'A server of the provision is at Scaleway without the tags by which it is found.',
    hint: 'Give it its tags back, as another host’s server has them with its own key, or delete it at Scaleway; then retry.',
  },
  EDGE_FORMER_HOST_USED: {
    kind: 'conflict',
    meaning: 'OpenNebula’s host of a server that was replaced is still in use.',
    hint: 'Take virtual machines off it, or delete the former server at Scaleway; then retry.',
  },
  EDGE_HOST_NAME_TAKEN: {
    kind: 'conflict',
    meaning:
      'Hosts are named by their public address, and OpenNebula has another host under that of a new server.',
    hint: 'Take virtual machines off the other host and delete it, then retry.',
  },
  EDGE_ADDRESS_MISSING: {
    kind: 'broken',
    meaning: 'OpenNebula has no public address although its IPAM driver was asked for one.',
    hint: 'Look into oned.log for the IPAM driver’s message, then retry.',
  },
  EDGE_STOCK_OBJECT_GONE: {
    kind: 'missing',
    meaning: 'An object of the provision that is being taken over is not there any more.',
    hint: 'Put it back as it was and retry; `edgectl provision retry --give-up` goes on without servers and public addresses that are gone; undeployed by force, what is left goes.',
  },
  EDGE_STOCK_UNPROVEN: {
    kind: 'conflict',
    meaning:
      'OpenNebula does not say any more that a server is the one of a host that is being taken over.',
    hint: 'Compare RESOURCE_ID of `onehost show` with the server at Scaleway, put it right, then retry. Undeployed by force, that server is left as it is.',
  },
  EDGE_STOCK_GUESTS: {
    kind: 'conflict',
    meaning: 'Somebody uses the hosts or networks of the provision that is being taken over.',
    hint: 'End or release them, then `edgectl provision retry`; its hosts stay disabled until then.',
  },
  EDGE_NOT_LEADER: {
    kind: 'transient',
    meaning: 'This OpenNebula is not the Raft leader, so its controller changes nothing.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(provisionFaults)
