import { ipv4ToNumber } from '../../../lib/net/index.ts'
import type { Machine } from '../agent/fabric.ts'

export const broadcast = 'ff:ff:ff:ff:ff:ff'
/** For local experiments (IEEE 802): nothing else on these networks has it. */
export const experiment = 0x88b5

export interface Datagram {
  readonly from: string
  readonly to: string
  readonly sourcePort?: number
  readonly port: number
  readonly text: string
}

/** Sends frames as they are, whatever they claim. Fixed program; perl is on every Debian. */
export async function sendFrames(
  from: Machine,
  frames: readonly Buffer[],
  device = 'eth0',
): Promise<void> {
  const program = `
    socket(my $raw, 17, 3, 0) or die "socket: $!";
    my $request = pack("a16 x16", shift);
    ioctl($raw, 0x8933, $request) or die "ioctl: $!";
    my $to = pack("S n i S C C a8", 17, 3, unpack("x16 i", $request), 0, 0, 6, "");
    for (@ARGV) { send($raw, pack("H*", $_), 0, $to) or die "send: $!" }`
  const { code, stderr } = await from.exec.run([
    ...['perl', '-e', program, device],
    ...frames.map((frame) => frame.toString('hex')),
  ])
  if (code !== 0) throw new Error(`the frames could not be sent: ${stderr}`)
}

export function ethernet(to: string, from: string, type: number, payload: Buffer): Buffer {
  return Buffer.concat([bytesOfMac(to), bytesOfMac(from), word(type), payload])
}

export function udpFrame(to: string, from: string, datagram: Datagram): Buffer {
  return ethernet(to, from, 0x0800, ipv4(datagram))
}

/** Says that `address` lives at `mac`, as an answer nobody asked for. */
export function arpClaim(
  to: string,
  mac: string,
  address: string,
  asked: string,
  sender = mac,
): Buffer {
  return ethernet(to, sender, 0x0806, arp(2, mac, address, to, asked))
}

export function arpRequest(mac: string, address: string, asked: string): Buffer {
  return ethernet(broadcast, mac, 0x0806, arp(1, mac, address, '00:00:00:00:00:00', asked))
}

/** A frame in a VXLAN header (RFC 7348), to be the payload of a datagram. */
export function vxlan(vni: number, frame: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header[0] = 0x08
  header.writeUIntBE(vni, 4, 3)
  return Buffer.concat([header, frame])
}

function arp(operation: number, mac: string, address: string, to: string, asked: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, 1, 8, 0, 6, 4, 0, operation]),
    bytesOfMac(mac),
    bytesOfIp(address),
    bytesOfMac(to),
    bytesOfIp(asked),
  ])
}

function ipv4({ from, to, sourcePort = 40_000, port, text }: Datagram): Buffer {
  const payload = Buffer.from(text)
  // A UDP checksum of 0 says that there is none (RFC 768).
  const udp = Buffer.concat([
    word(sourcePort),
    word(port),
    word(8 + payload.length),
    word(0),
    payload,
  ])
  const header = Buffer.alloc(20)
  header.set([0x45, 0])
  header.writeUInt16BE(20 + udp.length, 2)
  header.set([64, 17], 8)
  header.set(bytesOfIp(from), 12)
  header.set(bytesOfIp(to), 16)
  header.writeUInt16BE(checksum(header), 10)
  return Buffer.concat([header, udp])
}

function checksum(header: Buffer): number {
  let sum = 0
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}

const bytesOfMac = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex')

function bytesOfIp(address: string): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(ipv4ToNumber(address))
  return bytes
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
