import { privateRange } from './steps/network-templates.ts'

/** A range that must stay free for something else. */
export interface Reserved {
  readonly name: string
  readonly cidr: string
}

/**
 * What the suite itself uses, and what packages bring up on every host by themselves: a private network
 * there would be cut off by them.
 */
export const reservedRanges: readonly Reserved[] = [
  {
    name: 'the private network of virtual machines',
    cidr: `${privateRange.network.NETWORK_ADDRESS}/24`,
  },
  { name: 'Docker’s default bridge', cidr: '172.17.0.0/16' },
  { name: 'libvirt’s default network', cidr: '192.168.122.0/24' },
  { name: 'LXC’s default bridge', cidr: '10.0.3.0/24' },
]
