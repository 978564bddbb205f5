/** What of oned.conf matters to edgectl. */
export interface OnedConf {
  /** Drivers named to the IPAM driver manager; undefined without IPAM_MAD. */
  readonly ipamDrivers: readonly string[] | undefined
  /** Network drivers with an entry of their own. */
  readonly networkDrivers: readonly string[]
  /** Attributes of documents that are encrypted in the database. */
  readonly encrypted: readonly string[]
}

/** Reads OpenNebula's template syntax as far as these three attributes need it. */
export function readOnedConf(text: string): OnedConf {
  const clean = withoutComments(text)
  const ipam = vectors(clean, 'IPAM_MAD')[0]
  return {
    ipamDrivers: ipam === undefined ? undefined : driversIn(attribute(ipam, 'ARGUMENTS') ?? ''),
    networkDrivers: vectors(clean, 'VN_MAD_CONF').flatMap((one) => attribute(one, 'NAME') ?? []),
    encrypted: [...clean.matchAll(/^\s*DOCUMENT_ENCRYPTED_ATTR\s*=\s*"([^"]*)"/gm)].map(
      ([, name = '']) => name,
    ),
  }
}

/** A `#` inside quotes begins no comment. */
function withoutComments(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|#[^\n]*/g, (_, quoted?: string) => quoted ?? '')
}

function vectors(text: string, name: string): string[] {
  const form = new RegExp(`^\\s*${name}\\s*=\\s*\\[((?:"(?:[^"\\\\]|\\\\.)*"|[^\\]"])*)\\]`, 'gm')
  return [...text.matchAll(form)].map(([, inner = '']) => inner)
}

function attribute(vector: string, name: string): string | undefined {
  return new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*"([^"]*)"`).exec(vector)?.[1]
}

/** `-t 1 -i dummy,aws,scaleway` */
function driversIn(parameters: string): string[] {
  const list = /(?:^|\s)(?:-i|--ipam)[\s=]+(\S+)/.exec(parameters)?.[1] ?? ''
  return list.split(',').filter((name) => name !== '')
}
