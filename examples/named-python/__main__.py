import pulumi
import pulumi_chroot as chroot

config = pulumi.Config()
root = config.get("root") or "/chroot/named"
user = config.get("user") or "bind"  # Debian, Ubuntu; elsewhere: named

# named may write its PID file, so a signal to that PID would be unsafe. Before its first start there is nothing to reload.
reload = 'test ! -e "$0/var/run/named.pid" || exec rndc -k "$0/etc/rndc.key" reload'
on_change = ["sh", "-c", reload, root]
rndc_key = pulumi.Output.format(
    'key "rndc-key" {{ algorithm hmac-sha256; secret "{0}"; }};\n', config.require_secret("rndcKey")
)

chroot.JailBundle(
    "named",
    connection={"host": config.require("host"), "port": config.get_int("port")},
    root=root,
    user=user,
    group=user,
    # By default root owns every entry, only root can write, and named's group may read.
    baseline={"owner": "root", "group": user, "file_mode": "u=rw,og=r", "directory_mode": "u=rwx,og=rx"},
    directories={
        "etc": "named reads named.conf here after it has changed its root",
        "conf": "zones that this server is the primary of",
    },
    writable={
        "conf/secondaries": "named stores the zones that it transfers from primary servers here",
        "var/run": "named writes its PID file here",
    },
    adopt=config.get_bool("adopt"),
    rules={
        "secondaries": {
            "match": "conf/secondaries/**",
            "runtime": True,
            "owner": user,
            "group": user,
            "file_mode": "ug=r,o=",
            "reason": "a transferred zone is replaced as a whole, never edited, and is nobody else's business",
        },
        "var": {
            "match": "var",
            "owner": "root",
            "group": "root",
            "directory_mode": "u=rwx,og=x",
            "reason": "only the way to var/run; nobody lists it",
        },
        "run": {
            "match": "var/run",
            "directory_mode": "ug=rwx,o=rx",
            "reason": "anybody may read the PID, to see whether named runs",
        },
    },
    files={
        "rndc.key": {
            "path": "etc/rndc.key",
            "content": rndc_key,
            "mode": "u=rw,g=r,o=",
            "reason": "the key gives control of named, so only its group may read it",
        },
        "named.conf": {
            "path": "etc/named.conf",
            "source": pulumi.FileAsset("../named/named.conf"),
            "validate": ["named-checkconf", "-t", "{root}", "{jailFile}"],  # reads rndc.key, which is put in place before
            "on_change": on_change,
            "reason": "named reads its configuration after it has changed its root",
        },
        "example.com.zone": {
            "path": "conf/example.com.zone",
            "source": pulumi.FileAsset("../named/example.com.zone"),
            "validate": ["named-checkzone", "example.com", "{file}"],
            "on_change": on_change,
            "reason": "the zone that this server is the primary of",
        },
    },
)
