// Which addresses are the world's, and which are somebody's own network: for messages that may go to the first alone. A name is looked up
// once, and the connection goes to exactly what was looked at, so that no second answer can lead elsewhere.

import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Loopback, private, link-local (clouds tell their secrets there), shared, documentation, multicast and reserved (RFC 6890, RFC 8190). */
const OWN_4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** Everything beyond 2000::/3, and within it what carries or stands for other addresses (6to4, Teredo, documentation). */
const OWN_6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Apart: in one list an address of IPv4 is looked for as it is written in IPv6, too. */
let own: { readonly ipv4: BlockList; readonly ipv6: BlockList } | null = null;

function ownNetworks() {
  own ??= { ipv4: listOf(OWN_4, 'ipv4'), ipv6: listOf(OWN_6, 'ipv6') };
  return own;
}

function listOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/** Of an address without brackets; what is no address is not public. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return family === 4 ? !ownNetworks().ipv4.check(address) : !ownNetworks().ipv6.check(address, 'ipv6');
}

/** Why a connection was not made: in place of an address of a public network something else was named. */
export class NotPublic extends Error {
  override readonly name = 'NotPublic';
}

/** For a connection's `lookup`: fails with `NotPublic` where any of a name's addresses is not. */
export const lookupPublic: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '');
    const [first] = addresses;
    if (first === undefined || !addresses.every((one) => isPublic(one.address))) return done(new NotPublic(), '');
    if (options.all === true) return done(null, addresses);
    done(null, first.address, first.family);
  });
};
