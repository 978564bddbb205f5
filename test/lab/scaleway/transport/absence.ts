import { type ApiError, notFound, permissionsDenied, untyped } from './errors.ts'

const resources: Readonly<Record<string, string>> = {
  'ssh-keys': 'ssh_key',
  'api-keys': 'api_key',
  'private-networks': 'private_network',
  'gateway-networks': 'gateway_network',
  gateways: 'gateway',
  vpcs: 'vpc',
  ips: 'ip',
}

/** What each product says of an object that is not there: no two say it alike. */
export function absence(url: string): ApiError {
  const [path = ''] = url.split('?')
  if (path.startsWith('/baremetal/v1/')) return untyped(404, 'Not Found')
  if (path.startsWith('/flexible-ip/')) return permissionsDenied('read', 'flexible-ip')
  const [id = '', kind = ''] = path.split('/').reverse()
  return notFound(resources[kind] ?? 'unknown', id)
}
