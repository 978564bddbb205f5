import { perlProgram } from '../exec/index.ts'
import { tableName } from '../host/index.ts'

/**
 * A program that prints a line when nft's tables of our name change, in the host or in a namespace
 * that a veth connects with it (NETLINK_LISTEN_ALL_NSID), which `nft monitor` does not hear. Of others'
 * chains only iptables' FORWARD concerns us, whose policy Docker and ufw set. More than one change at a
 * time is one line.
 */
export const hearNft = (): readonly string[] => perlProgram(program, [tableName])

/** The first attribute of every object of nft is its table's name, and a rule's second its chain. */
const program = String.raw`
my ($ours) = @ARGV;
my ($netlink, $every_namespace, $join, $nftables) = (270, 8, 1, 7);
socket my $events, 16, 3, 12 or die "no netlink: $!\n";
# Without a number of its own it hears nothing.
bind $events, pack 'SSLL', 16, 0, 0, 0 or die "no netlink: $!\n";
setsockopt $events, $netlink, $every_namespace, pack 'L', 1 or die "cannot listen to namespaces: $!\n";
# SO_RCVBUFFORCE: a thousand elements make half a megabyte.
setsockopt $events, 1, 33, pack 'L', 1 << 23;
setsockopt $events, $netlink, $join, pack 'L', $nftables or die "cannot listen to nft: $!\n";

sub names {
  my ($data) = @_;
  my @names;
  for (my $at = 0; $at + 4 <= length $data;) {
    my ($length, $type) = unpack 'SS', substr $data, $at, 4;
    last if $length < 4;
    $names[$type & 0x3fff] = unpack 'Z*', substr $data, $at + 4, $length - 4 if ($type & 0x3fff) < 4;
    $at += ($length + 3) & ~3;
  }
  return @names;
}

sub is_ours {
  my ($kind, $data) = @_;
  # NFT_MSG_NEWGEN: a transaction has ended.
  return 0 if ($kind & 0xff) == 15;
  my (undef, $table, $second, $third) = names(substr $data, 4);
  return 1 if $table eq $ours;
  # NFT_MSG_NEWCHAIN to NFT_MSG_DELRULE.
  my $chain = ($kind & 0xff) < 6 ? $third : $second;
  return ($kind & 0xff) < 9 && ($kind & 0xff) > 2 && $table eq 'filter' && $chain eq 'FORWARD';
}

while (1) {
  my $is_heard = defined recv $events, my $data, 1 << 18, 0;
  # ENOBUFS: what was lost may have been ours.
  $is_heard || $! == 105 or die "cannot hear: $!\n";
  my $is_news = !$is_heard;
  for (my $at = 0; $at + 16 <= length $data;) {
    my ($length, $kind) = unpack 'LS', substr $data, $at, 6;
    last if $length < 16;
    $is_news ||= is_ours($kind, substr $data, $at + 16, $length - 16);
    $at += ($length + 3) & ~3;
  }
  print "changed\n" if $is_news;
}
`
