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
const ownWay = "the provider has its own connection, and closes when it is idle";
const neverWrites = "known_hosts is never written";
const noEffect = "OpenSSH ignores it too";

/** Every keyword of OpenSSH up to 10.2, and of the Debian, Fedora and Apple versions, as ssh_config(5) spells it. */
export const keywords: Readonly<Record<string, Decision>> = {
  AddKeysToAgent: harmless("nothing is put into an agent"),
  AddressFamily: honoured,
  BatchMode: harmless("the provider never asks a question"),
  BindAddress: honoured,
  BindInterface: honoured,
  CanonicalDomains: harmless(noCanonical),
  CanonicalizeFallbackLocal: harmless(noCanonical),
  CanonicalizeHostname: refused("no false", "write whole names"),
  CanonicalizeMaxDots: harmless(noCanonical),
  CanonicalizePermittedCNAMEs: harmless(noCanonical),
  CASignatureAlgorithms: harmless(noCertificate),
  CertificateFile: refused("none", "log in with a plain key"),
  ChannelTimeout: harmless(ownWay),
  CheckHostIP: harmless("the key is verified under the name, which is stricter than the address"),
  Cipher: harmless(noEffect),
  Ciphers: honoured,
  ClearAllForwardings: harmless(noForwarding),
  Compression: harmless("the data is the same without it"),
  CompressionLevel: harmless(noEffect),
  ConnectionAttempts: harmless("dialErrorLimit says how many times a host is dialled when a resource is created"),
  ConnectTimeout: honoured,
  ControlMaster: harmless(ownWay),
  ControlPath: harmless(ownWay),
  ControlPersist: harmless(ownWay),
  DynamicForward: harmless(noForwarding),
  EnableEscapeCommandline: harmless(noTerminal),
  EnableSSHKeysign: harmless(otherLogin),
  EscapeChar: harmless(noTerminal),
  ExitOnForwardFailure: harmless(noForwarding),
  FallBackToRsh: harmless(noEffect),
  FingerprintHash: harmless(ownOutput),
  ForkAfterAuthentication: harmless("the connection is no process of its own"),
  ForwardAgent: harmless("the host gets no agent"),
  ForwardX11: harmless(noForwarding),
  ForwardX11Timeout: harmless(noForwarding),
  ForwardX11Trusted: harmless(noForwarding),
  GatewayPorts: harmless(noForwarding),
  GlobalKnownHostsFile: honoured,
  GSSAPIAuthentication: harmless(otherLogin),
  GSSAPIClientIdentity: harmless(otherLogin),
  GSSAPIDelegateCredentials: harmless(otherLogin),
  GSSAPIKexAlgorithms: harmless("the host proves itself by its key"),
  GSSAPIKeyExchange: harmless("the host proves itself by its key"),
  GSSAPIRenewalForcesRekey: harmless(otherLogin),
  GSSAPIServerIdentity: harmless(otherLogin),
  GSSAPITrustDns: harmless(otherLogin),
  HashKnownHosts: harmless(neverWrites),
  Host: honoured,
  HostbasedAcceptedAlgorithms: harmless(otherLogin),
  HostbasedAuthentication: harmless(otherLogin),
  HostKeyAlgorithms: honoured,
  HostKeyAlias: honoured,
  Hostname: honoured,
  IdentitiesOnly: honoured,
  IdentityAgent: honoured,
  IdentityFile: honoured,
  IgnoreUnknown: honoured,
  Include: honoured,
  IPQoS: harmless("it concerns the network's queues"),
  KbdInteractiveAuthentication: honoured,
  KbdInteractiveDevices: harmless("the server chooses"),
  KexAlgorithms: honoured,
  KnownHostsCommand: refused("none", "put the keys into known_hosts"),
  LocalCommand: harmless("it runs after the login, for people"),
  LocalForward: harmless(noForwarding),
  LogLevel: harmless(ownOutput),
  LogVerbose: harmless(ownOutput),
  MACs: honoured,
  Match: honoured,
  NoHostAuthenticationForLocalhost: harmless(onlyMore),
  NumberOfPasswordPrompts: harmless("a password is given once"),
  ObscureKeystrokeTiming: harmless(noTerminal),
  PasswordAuthentication: honoured,
  PermitLocalCommand: harmless("it runs after the login, for people"),
  PermitRemoteOpen: harmless(noForwarding),
  PKCS11Provider: refused("none", "put the key into an SSH agent"),
  Port: honoured,
  PreferredAuthentications: honoured,
  Protocol: harmless(noEffect),
  ProxyCommand: refused("none", "use ProxyJump or connection.proxy"),
  ProxyJump: honoured,
  ProxyUseFdpass: harmless("it only counts with ProxyCommand, which is refused"),
  PubkeyAcceptedAlgorithms: honoured,
  PubkeyAuthentication: honoured,
  RefuseConnection: refused("", "it is there to keep this host from being reached in this way"),
  RekeyLimit: harmless("both sides ask for new keys in time"),
  RemoteCommand: harmless("the provider runs its own commands, as `ssh host command` does"),
  RemoteForward: harmless(noForwarding),
  RequestTTY: harmless(noTerminal),
  RequiredRSASize: honoured,
  RevokedHostKeys: refused("none", "mark them with @revoked in known_hosts"),
  SecurityKeyProvider: harmless("security keys are not supported"),
  SendEnv: harmless("commands get an environment of their own"),
  ServerAliveCountMax: honoured,
  ServerAliveInterval: honoured,
  SessionType: harmless("the provider runs its own commands, as `ssh host command` does"),
  SetEnv: harmless("commands get an environment of their own"),
  StdinNull: harmless("commands get an input of their own"),
  StreamLocalBindMask: harmless(noForwarding),
  StreamLocalBindUnlink: harmless(noForwarding),
  StrictHostKeyChecking: harmless(onlyMore),
  SyslogFacility: harmless(ownOutput),
  Tag: honoured,
  TCPKeepAlive: harmless("ServerAliveInterval tells that a host is gone"),
  Tunnel: harmless(noForwarding),
  TunnelDevice: harmless(noForwarding),
  UpdateHostKeys: harmless(neverWrites),
  UseKeychain: harmless("it concerns passphrases, and the provider asks for none"),
  UsePrivilegedPort: harmless(noEffect),
  User: honoured,
  UserKnownHostsFile: honoured,
  UseRoaming: harmless(noEffect),
  VerifyHostKeyDNS: harmless(onlyMore),
  VersionAddendum: harmless("it concerns the greeting"),
  VisualHostKey: harmless(ownOutput),
  WarnWeakCrypto: harmless(ownOutput),
  XAuthLocation: harmless(noForwarding),
};

/** Older names, and names of distributions, for keywords above. */
export const aliases: Readonly<Record<string, string>> = {
  ChallengeResponseAuthentication: "KbdInteractiveAuthentication",
  DSAAuthentication: "PubkeyAuthentication",
  HostbasedKeyTypes: "HostbasedAcceptedAlgorithms",
  IdentityFile2: "IdentityFile",
  KeepAlive: "TCPKeepAlive",
  PubkeyAcceptedKeyTypes: "PubkeyAcceptedAlgorithms",
  RSAMinSize: "RequiredRSASize",
  SkeyAuthentication: "KbdInteractiveAuthentication",
  SmartcardDevice: "PKCS11Provider",
  TISAuthentication: "KbdInteractiveAuthentication",
};

/** A keyword as a line of the configuration names it. */
export interface Keyword {
  /** In lower case; the keyword that an older name counts as. */
  readonly id: string;
  /** As ssh_config(5) spells the name. */
  readonly spelling: string;
  readonly decision: Decision;
}

const names = [...Object.keys(keywords).map((name) => [name, name] as const), ...Object.entries(aliases)];
const known: ReadonlyMap<string, Keyword> = new Map(
  names.flatMap(([spelling, name]) => {
    const decision = keywords[name];
    return decision ? [[spelling.toLowerCase(), { id: name.toLowerCase(), spelling, decision }]] : [];
  }),
);

/** Finds a keyword or an older name, without regard to case, as ssh does. */
export function keywordOf(name: string): Keyword | undefined {
  return known.get(name.toLowerCase());
}
