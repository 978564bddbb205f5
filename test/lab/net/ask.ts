/**
 * The argv that asks an echo server for the address the asker is seen as; `a.b.c.d:port` on stdout,
 * a non-zero exit code without an answer within `seconds`. Needs only bash, so that it runs anywhere.
 */
export function askPeer(
  protocol: 'tcp' | 'udp',
  address: string,
  port: number,
  seconds = 2,
): string[] {
  return ['timeout', `${seconds}`, 'bash', '-c', program, 'ask', protocol, address, `${port}`]
}

const program = `exec 3<>"/dev/$1/$2/$3" || exit 1
[ "$1" = tcp ] || echo >&3
# Not bash's own read: it takes a datagram a byte at a time, and the rest of it is lost.
head -n 1 <&3 | grep .`
