import type { Scaleway } from '../../lib/scaleway/index.ts'
import { fault } from './faults.ts'

/** The public gateways Scaleway sells, smallest first, with what all hosts of a cluster share. */
export const gatewayTypes: Readonly<Record<string, string>> = {
  'VPC-GW-S': '100 Mb/s',
  'VPC-GW-M': '1 Gb/s',
  'VPC-GW-L': '3 Gb/s',
  'VPC-GW-XL': '10 Gb/s',
}

/** Throws EDGE_GATEWAY_TYPE_UNKNOWN, which tells what the zone has. */
export async function checkGatewayType({ gateway, connection }: Scaleway, type: string) {
  const { types } = await gateway.listGatewayTypes()
  if (types.some(({ name }) => name === type)) return
  throw fault('EDGE_GATEWAY_TYPE_UNKNOWN', `Zone ${connection.zone} has no gateway ${type}`, {
    hint: `It has ${types.map(({ name }) => name).join(', ') || 'none'}.`,
  })
}
