import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes IPAM executables that answer like the recorded driver: the n-th range gets 172.16.0.(4n+2).
 * A file `refuse` beside them makes every action fail with its text on stderr.
 */
export async function writeFakeIpam(directory: string, first: number): Promise<void> {
  const home = join(directory, 'scaleway')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'counter'), String(first))
  const scripts: Record<string, string> = {
    register_address_range: register,
    get_address: getAddress,
    allocate_address: '',
    free_address: '',
    unregister_address_range: '',
  }
  for (const [action, body] of Object.entries(scripts)) {
    await writeFile(join(home, action), head + body)
    await chmod(join(home, action), 0o755)
  }
}

const head = `#!/bin/sh
here=$(dirname "$0")
input=$(base64 -d)
echo "INFO: $(basename "$0") request $1" >&2
if [ -e "$here/refuse" ]; then cat "$here/refuse" >&2; exit 1; fi
`

const register = `n=$(cat "$here/counter")
echo $((n + 1)) > "$here/counter"
cat <<EOT
        AR = [
            TYPE = "IP4",
            IP   = "172.16.0.$((n * 4 + 2))",
            SIZE = "1",
            IPAM_MAD = "scaleway",
            GATEWAY  = "172.16.0.$((n * 4 + 3))",
            EXTERNAL_IP  = "51.159.0.$n",
            NETWORK_MASK = "255.255.255.254",
            SCALEWAY_IP_ID = "00000000-0000-4000-8000-00000000000$n",
            PROVISION_ID   = "42"
        ]
EOT
`

const getAddress = `ip=$(echo "$input" | sed 's/.*<IP><!\\[CDATA\\[\\([0-9.]*\\)\\]\\]><\\/IP>.*/\\1/')
echo "ADDRESS = [ IP = \\"$ip\\", SIZE = \\"1\\" ]"
`
