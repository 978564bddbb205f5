/** What commands are about, in a few words each. */
export const topics = {
  driver: { description: 'what provisions can be made with' },
  ipam: { description: 'the drivers OpenNebula starts for elastic IPs' },
  leaks: { description: 'what nothing knows and somebody pays for' },
  provider: { description: 'cloud accounts' },
  provision: { description: 'edge clusters' },
}
