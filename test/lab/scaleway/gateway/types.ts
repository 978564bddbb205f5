/** `bandwidth` is in Mb/s although its documentation says bit/s: that is what the API answers. */
export const gatewayTypes = [
  { name: 'VPC-GW-S', bandwidth: 100, hourly: 0.02, next: 'VPC-GW-M' },
  { name: 'VPC-GW-M', bandwidth: 1000, hourly: 0.12, next: 'VPC-GW-L' },
  { name: 'VPC-GW-L', bandwidth: 3000, hourly: 0.3, next: 'VPC-GW-XL' },
  { name: 'VPC-GW-XL', bandwidth: 10000, hourly: 0.68, next: null },
] as const
