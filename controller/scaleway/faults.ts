import { type Catalogue, faultsOf } from '../../lib/fault/index.ts'

/** What can go wrong with hardware, beside the answers of Scaleway’s API. */
export const hardwareFaults = {
  EDGE_OFFER_UNKNOWN: {
    kind: 'invalid',
    meaning: 'The zone sells no such Elastic Metal offer.',
    hint: 'Choose another instance_type or another zone.',
  },
  EDGE_OFFER_UNSUITABLE: {
    kind: 'invalid',
    meaning: 'The offer has no private networks, or disks too small.',
    hint: 'Choose another instance_type or a smaller instance_disk_size.',
  },
  EDGE_PLAN_REFUSED: {
    kind: 'invalid',
    meaning: 'Several things are in the way of what was asked for; the message names each.',
    hint: 'Correct each of them; the message tells how.',
    quiet: true,
  },
  EDGE_PARTITION_IMPOSSIBLE: {
    kind: 'invalid',
    meaning: 'No partition of the size asked for can be made on the offer with that system.',
    hint: 'Leave instance_disk_size at 128, which leaves datastores on the root file system, or choose another instance_type.',
  },
  EDGE_GATEWAY_TYPE_UNKNOWN: {
    kind: 'invalid',
    meaning: 'The zone has no public gateway of that type.',
    hint: 'Choose another gateway_type.',
  },
  EDGE_OFFER_EMPTY: {
    kind: 'exhausted',
    meaning: 'The offer is out of stock in the zone.',
    hint: 'Choose another instance_type or another zone, or retry later.',
  },
  EDGE_OS_UNSUITABLE: {
    kind: 'invalid',
    meaning: 'The operating system is not sold for the offer, or has no cloud-init.',
    hint: 'Choose another instance_os_name.',
  },
  EDGE_QUOTA_TOO_SMALL: {
    kind: 'exhausted',
    meaning: 'The organization’s quota does not allow that many.',
    hint: 'Ask Scaleway to raise the quota, or ask for fewer.',
  },
  EDGE_SERVER_FAILED: {
    kind: 'broken',
    meaning: 'Scaleway could not deliver or keep a server.',
    hint: '`retry` replaces a server that was never delivered.',
  },
  EDGE_SERVER_VANISHED: {
    kind: 'missing',
    meaning: 'A server that was there is gone.',
    hint: '`retry` orders another.',
  },
  EDGE_INSTALL_FAILED: {
    kind: 'broken',
    meaning: 'Scaleway could not install the operating system.',
    hint: '`retry` installs it again, and replaces the server when that has failed before.',
  },
  EDGE_GATEWAY_FAILED: {
    kind: 'broken',
    meaning: 'The public gateway did not come up.',
    hint: '`retry` looks again, and replaces a gateway that stays failed.',
  },
  EDGE_NIC_FAILED: {
    kind: 'broken',
    meaning: 'A server could not be attached to the private network.',
    hint: '`retry` attaches it again.',
  },
  EDGE_OPTION_FAILED: {
    kind: 'broken',
    meaning: 'Scaleway could not enable the private-network option of a server.',
    hint: 'Look at the server at Scaleway’s console, then `edgectl provision retry`.',
  },
  EDGE_CLAIM_TAKEN: {
    kind: 'conflict',
    meaning:
      'An object that shall be taken over carries the tags of another provision of an edgectl.',
    hint: 'Find out whose it is by its tags; taking over goes on with `retry` once they are gone.',
  },
  EDGE_PRIVATE_NETWORK_DIFFERS: {
    kind: 'conflict',
    meaning: 'The private network exists with another prefix than asked for.',
    hint: 'Undeploy and create the provision again with the prefix wanted.',
  },
  EDGE_LEFTOVERS: {
    kind: 'broken',
    meaning: 'Objects with the provision’s tags are still at Scaleway.',
    hint: '`retry` deletes what is left.',
  },
} as const satisfies Catalogue

export const fault = faultsOf(hardwareFaults)
