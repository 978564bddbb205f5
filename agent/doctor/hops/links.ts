import type { Link } from '../../host/index.ts'
import type { Facts } from '../facts.ts'

export const linkNamed = ({ observed }: Facts, name: string): Link | undefined =>
  observed.host.links.find((link) => link.name === name)
