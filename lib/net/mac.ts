const form = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/

/** Lower-case, colon-separated MAC; Scaleway answers upper case, the kernel lower. Throws TypeError. */
export function normalizeMac(text: string): string {
  const mac = text.trim().toLowerCase()
  if (!form.test(mac)) throw new TypeError(`"${text}" is not a MAC address`)
  return mac
}
