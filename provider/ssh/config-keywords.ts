/** The decision about a keyword of ssh_config(5). */
export type Decision =
  /** The keyword is followed. */
  | { readonly is: "honoured" }
  /** Ignoring the keyword changes neither the trusted keys nor the way to the host. */
  | { readonly is: "harmless"; readonly why: string }
  /** The keyword asks for a connection that is not supported: any value but these is an error. */
  | { readonly is: "refused"; readonly unless: readonly string[]; readonly instead: string };

const honoured: Decision = { is: "honoured" };
const harmless = (why: string): Decision => ({ is: "harmless", why });
const refused = (unless: string, instead: string): Decision => ({ is: "refused", unless: unless.split(" "), instead });

const noForwarding = "nothing is forwarded, and ssh forwards nothing that its own login needs";
const noTerminal = "commands run without a terminal";
const noCertificate = "certificates are no reason to trust a host here";
const noCanonical = "it only counts with CanonicalizeHostname, which is refused";
const onlyMore = "it would only trust more keys than are known";
const otherLogin = "another way to log in, beside the key or the password";
const ownOutput = "it concerns the output of ssh";
const ownWay = "the connection is one of our own, and closes when it is idle";
const neverWrites = "known_hosts is never written";
const noEffect = "OpenSSH ignores it too";

/** Every keyword of OpenSSH up to 10.2, and of the Debian, Fedora and Apple versions, in lower case. */
export const keywords: Readonly<Record<string, Decision>> = {
  addkeystoagent: harmless("nothing is put into an agent"),
  addressfamily: honoured,
  batchmode: harmless("the provider never asks a question"),
  bindaddress: honoured,
  bindinterface: honoured,
  canonicaldomains: harmless(noCanonical),
  canonicalizefallbacklocal: harmless(noCanonical),
  canonicalizehostname: refused("no false", "write whole names"),
  canonicalizemaxdots: harmless(noCanonical),
  canonicalizepermittedcnames: harmless(noCanonical),
  casignaturealgorithms: harmless(noCertificate),
  certificatefile: refused("none", "log in with a plain key"),
  channeltimeout: harmless(ownWay),
  checkhostip: harmless("the key is verified under the name, which is stricter than the address"),
  cipher: harmless(noEffect),
  ciphers: honoured,
  clearallforwardings: harmless(noForwarding),
  compression: harmless("the data is the same without it"),
  compressionlevel: harmless(noEffect),
  connectionattempts: harmless("dialErrorLimit says how often a host is dialled where something is created"),
  connecttimeout: honoured,
  controlmaster: harmless(ownWay),
  controlpath: harmless(ownWay),
  controlpersist: harmless(ownWay),
  dynamicforward: harmless(noForwarding),
  enableescapecommandline: harmless(noTerminal),
  enablesshkeysign: harmless(otherLogin),
  escapechar: harmless(noTerminal),
  exitonforwardfailure: harmless(noForwarding),
  fallbacktorsh: harmless(noEffect),
  fingerprinthash: harmless(ownOutput),
  forkafterauthentication: harmless("the connection is no process of its own"),
  forwardagent: harmless("the host gets no agent"),
  forwardx11: harmless(noForwarding),
  forwardx11timeout: harmless(noForwarding),
  forwardx11trusted: harmless(noForwarding),
  gatewayports: harmless(noForwarding),
  globalknownhostsfile: honoured,
  gssapiauthentication: harmless(otherLogin),
  gssapiclientidentity: harmless(otherLogin),
  gssapidelegatecredentials: harmless(otherLogin),
  gssapikexalgorithms: harmless("the host proves itself by its key"),
  gssapikeyexchange: harmless("the host proves itself by its key"),
  gssapirenewalforcesrekey: harmless(otherLogin),
  gssapiserveridentity: harmless(otherLogin),
  gssapitrustdns: harmless(otherLogin),
  hashknownhosts: harmless(neverWrites),
  host: honoured,
  hostbasedacceptedalgorithms: harmless(otherLogin),
  hostbasedauthentication: harmless(otherLogin),
  hostkeyalgorithms: honoured,
  hostkeyalias: honoured,
  hostname: honoured,
  identitiesonly: honoured,
  identityagent: honoured,
  identityfile: honoured,
  ignoreunknown: honoured,
  include: honoured,
  ipqos: harmless("it concerns the network's queues"),
  kbdinteractiveauthentication: honoured,
  kbdinteractivedevices: harmless("the server chooses"),
  kexalgorithms: honoured,
  knownhostscommand: refused("none", "put the keys into known_hosts"),
  localcommand: harmless("it runs after the login, for people"),
  localforward: harmless(noForwarding),
  loglevel: harmless(ownOutput),
  logverbose: harmless(ownOutput),
  macs: honoured,
  match: honoured,
  nohostauthenticationforlocalhost: harmless(onlyMore),
  numberofpasswordprompts: harmless("a password is given once"),
  obscurekeystroketiming: harmless(noTerminal),
  passwordauthentication: honoured,
  permitlocalcommand: harmless("it runs after the login, for people"),
  permitremoteopen: harmless(noForwarding),
  pkcs11provider: refused("none", "put the key into an SSH agent"),
  port: honoured,
  preferredauthentications: honoured,
  protocol: harmless(noEffect),
  proxycommand: refused("none", "use ProxyJump or connection.proxy"),
  proxyjump: honoured,
  proxyusefdpass: harmless("it only counts with ProxyCommand, which is refused"),
  pubkeyacceptedalgorithms: honoured,
  pubkeyauthentication: honoured,
  refuseconnection: refused("", "it is there to keep this host from being reached so"),
  rekeylimit: harmless("both sides ask for new keys in time"),
  remotecommand: harmless("we run commands of our own, as `ssh host command` does"),
  remoteforward: harmless(noForwarding),
  requesttty: harmless(noTerminal),
  requiredrsasize: honoured,
  revokedhostkeys: refused("none", "mark them with @revoked in known_hosts"),
  securitykeyprovider: harmless("keys of security keys are not used"),
  sendenv: harmless("commands get an environment of their own"),
  serveralivecountmax: honoured,
  serveraliveinterval: honoured,
  sessiontype: harmless("we run commands of our own, as `ssh host command` does"),
  setenv: harmless("commands get an environment of their own"),
  stdinnull: harmless("commands get an input of their own"),
  streamlocalbindmask: harmless(noForwarding),
  streamlocalbindunlink: harmless(noForwarding),
  stricthostkeychecking: harmless(onlyMore),
  syslogfacility: harmless(ownOutput),
  tag: honoured,
  tcpkeepalive: harmless("ServerAliveInterval tells that a host is gone"),
  tunnel: harmless(noForwarding),
  tunneldevice: harmless(noForwarding),
  updatehostkeys: harmless(neverWrites),
  usekeychain: harmless("it concerns passphrases, and the provider asks for none"),
  useprivilegedport: harmless(noEffect),
  user: honoured,
  userknownhostsfile: honoured,
  useroaming: harmless(noEffect),
  verifyhostkeydns: harmless(onlyMore),
  versionaddendum: harmless("it concerns the greeting"),
  visualhostkey: harmless(ownOutput),
  warnweakcrypto: harmless(ownOutput),
  xauthlocation: harmless(noForwarding),
};

/** Older names, and names of distributions, for keywords above. */
export const aliases: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "kbdinteractiveauthentication",
  dsaauthentication: "pubkeyauthentication",
  hostbasedkeytypes: "hostbasedacceptedalgorithms",
  identityfile2: "identityfile",
  keepalive: "tcpkeepalive",
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  rsaminsize: "requiredrsasize",
  skeyauthentication: "kbdinteractiveauthentication",
  smartcarddevice: "pkcs11provider",
  tisauthentication: "kbdinteractiveauthentication",
};
