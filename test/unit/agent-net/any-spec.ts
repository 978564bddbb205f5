import fc from 'fast-check'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { elasticOf, hostSpec, privateNetwork, vmPort } from './specs.ts'

/** Any host a controller may describe: networks come and go, options and ports vary. */
export const anySpec: fc.Arbitrary<HostSpec> = fc
  .record({
    networks: fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 5, max: 9 }),
        gateway: fc.constantFrom('172.30.0.1/24', '10.0.0.1/24', null),
        egress: fc.constantFrom('public-gateway' as const, 'host' as const, 'none' as const),
        vteps: fc.subarray(['10.180.0.12', '10.180.0.13', '10.180.0.14']),
        // VNIs move between networks, so that a device of the old owner stands in the way.
        shift: fc.constantFrom(0, 0, 1),
        mtu: fc.constantFrom(1450, 1450, 1400),
      }),
      { selector: ({ id }) => id, maxLength: 4 },
    ),
    isPublic: fc.boolean(),
    vms: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    neighbour: fc.constantFrom('proxy' as const, 'none' as const),
    gateway: fc.constantFrom('10.180.0.1', null),
    medium: fc.constantFrom(
      { kind: 'link', device: 'eth1' } as const,
      { kind: 'vlan', id: 2000 } as const,
      { kind: 'vlan', id: 2001 } as const,
    ),
    address: fc.constantFrom('10.180.0.11/22', '10.180.0.11/22', '10.180.0.21/22'),
    management: fc.subarray(['192.0.2.0/24']),
  })
  .map(({ networks, isPublic, vms, neighbour, gateway, medium, address, management }) =>
    hostSpec({
      public: { address: '51.15.0.11', neighbour },
      underlay: { medium, address, gateway, mtu: 1500 },
      networks: networks.map(({ id, shift, ...rest }) =>
        privateNetwork(id, `n${id}`, {
          ...rest,
          vni: 100 + id + shift,
          device: `scwpn.${100 + id + shift}`,
        }),
      ),
      publicNetworks: isPublic ? hostSpec().publicNetworks : [],
      ports: vms.map((vm) =>
        vm % 2 === 0
          ? vmPort(vm, 4, `100.64.0.${2 * vm + 1}`)
          : vmPort(vm, 5, `172.30.0.${10 + vm}`),
      ),
      elastics: vms.filter((vm) => vm % 2 === 0).map((vm) => elasticOf(vm, vm)),
      firewall: { management },
    }),
  )
