# Devices: looked at, and left alone.

# device: reports a device that is undeclared or not as declared: this script makes none, and moves none away.
device() {
  NODE=''
  if excluded; then return 0; fi
  nodes
  shown "$path"
  if [ -z "$NODE" ]; then
    fail "$SHOWN: a device that no resource declares: left alone, pulumi up moves it away"
  elif [ "$NODE" != "$(stat -c '%F %t:%T' -- ".//$path") $uid:$gid $(printf %04o "$mode")" ]; then
    fail "$SHOWN: not the device that is declared, or not with that owner and mode: left alone, pulumi up mends it"
  fi
}

# node TYPE MAJOR MINOR OWNER GROUP MODE: describes a declared device.
node() {
  NODE="$1 special file $(printf '%x:%x' "$2" "$3") $(number passwd "$4"):$(number group "$5") $6"
}
