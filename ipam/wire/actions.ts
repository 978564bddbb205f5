/** What OpenNebula's one_ipam looks for under remotes/ipam/<driver>/. */
export const ipamActions = [
  'register_address_range',
  'unregister_address_range',
  'allocate_address',
  'get_address',
  'free_address',
  'vnet_create',
  'vnet_delete',
] as const

/** What oned starts a driver as. */
export type DriverName = (typeof ipamActions)[number]
