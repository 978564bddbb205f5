/** The cluster's id, which all other objects of OpenNebula need. */
export interface Placed {
  clusterId?: number
}

export function placedIn({ clusterId }: Placed): number {
  if (clusterId === undefined) throw new TypeError('A step needs the cluster and does not say so')
  return clusterId
}
