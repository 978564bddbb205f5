/** `/dev/sda` has `/dev/sda1`, `/dev/nvme0n1` has `/dev/nvme0n1p1`. */
export const partitionDevice = (device: string, number: number): string =>
  /\d$/.test(device) ? `${device}p${number}` : `${device}${number}`
